"""HTTP servers of this machine: what `receive` and the emulator have in common."""
