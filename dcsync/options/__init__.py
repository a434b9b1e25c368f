"""What each command was asked for: one frozen class a command, put together from what they share.

`dcsync.arguments` makes them; whatever runs takes them, and knows nothing of a command line. Fields
bear the names of the parser's arguments.
"""
