"""The name of a connector while it is being replaced, which any later run recognizes. Pure.

A replace renames the old connector, creates the new one and deletes the old one. Wherever it is
interrupted, the name in the cloud says what is left to do.
"""

MARK = " [replaced by dcsync]"


def retired(display_name: str) -> str:
    """The display name while a connector with this declared name is being replaced."""
    return display_name + MARK


def name_before(display_name: str) -> str | None:
    """The declared name of a connector that is being replaced; None for any other."""
    name = display_name.removesuffix(MARK)
    return name if name and name != display_name else None
