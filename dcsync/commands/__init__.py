"""One file a command, each a short story; the only place where the steps meet."""
