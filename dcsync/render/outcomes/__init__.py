"""Formats what became of a plan, wave by wave if there are any."""
