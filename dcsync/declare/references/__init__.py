"""References to variables, files and the project: notation, permissions and values."""
