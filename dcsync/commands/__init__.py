"""One file per command; the only place where the steps are combined."""
