"""The reverse plan: saved before a run changes anything, and applied by a later one."""
