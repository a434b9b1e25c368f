"""References to variables, files and the project: their notation, who may use which, values."""
