"""From files to a plan that is shown, saved and compared. Changes nothing."""
