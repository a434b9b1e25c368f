"""Files that commands write: whole or not at all, never into what Git tracks by mistake."""
