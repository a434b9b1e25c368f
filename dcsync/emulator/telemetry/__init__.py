"""What devices send: now, in the past, and after they were out of reach."""
