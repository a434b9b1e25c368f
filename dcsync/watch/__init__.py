"""Event streams filtered by the declarations."""
