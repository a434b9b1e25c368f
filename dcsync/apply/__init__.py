"""Executes a Plan through the Writer and yields outcomes."""
