"""Formats drift, for people and for machines."""
