"""Records the terminal picture of the README from a real run: `make recording`."""
