"""Ctrl-C, SIGTERM and SIGHUP: what ends at once, and what must not be cut short."""
