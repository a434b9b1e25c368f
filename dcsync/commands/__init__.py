"""One file a command, each a short story; the only place where steps meet and things print."""
