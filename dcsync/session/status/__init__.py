"""How the declared connectors stand, and who is notified of a change."""
