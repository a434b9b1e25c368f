"""Formats the outcomes of a plan, wave by wave if there are any."""
