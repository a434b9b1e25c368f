"""Formats plans, for people, for files and for machines."""
