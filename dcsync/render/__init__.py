"""Plan, outcome, event to text and JSON. Returns strings, prints nothing."""
