"""Formats plans, outcomes and events as text and JSON. Returns strings, prints nothing."""
