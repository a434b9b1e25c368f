"""YAML files to declared connectors with their positions, or diagnostics."""
