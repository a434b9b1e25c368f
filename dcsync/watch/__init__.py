"""Event streams without gaps, filtered by the declarations. Prints nothing."""
