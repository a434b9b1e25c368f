"""A strict YAML parser: values with their positions, or every problem. Knows no declarations."""
