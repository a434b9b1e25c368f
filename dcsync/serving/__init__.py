"""The HTTP server that `receive` and the emulator share; it listens on this machine only."""
