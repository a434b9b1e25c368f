"""What of an error response may be shown: it may repeat a secret."""
