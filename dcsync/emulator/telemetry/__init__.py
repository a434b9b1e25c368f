"""The events of devices: current, past, and after they were out of reach."""
