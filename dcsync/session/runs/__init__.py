"""A plan is approved and executed, in waves if asked for."""
