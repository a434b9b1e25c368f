"""PURE: declared and live connectors to a Plan. No I/O, clock, environment, threads."""
