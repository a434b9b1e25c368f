"""Deliveries of Data Connectors: queued, signed, posted, repeated, counted."""
