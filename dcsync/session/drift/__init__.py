"""The three sides of `drift`, and its result in the chosen format. Changes nothing."""
