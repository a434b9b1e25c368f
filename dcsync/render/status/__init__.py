"""Renders the status of the declared connectors."""
