"""Strict YAML: bytes to values that know their places, or every problem. Knows no declaration."""
