"""The way back: saved before a run changes anything, and taken by a later one."""
