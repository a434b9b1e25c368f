"""Finds declaration files, and the declarations in them."""
