"""Formats how the declared connectors stand."""
