"""An embedded DT cloud. Imports nothing of the client."""
