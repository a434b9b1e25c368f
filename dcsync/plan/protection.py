"""`policy.protect`: display names that are never deleted or replaced. Pure."""

from fnmatch import fnmatchcase

from dcsync.model import Connector, Policy

PROTECTED = "protected"


def is_protected(policy: Policy, *sides: Connector) -> bool:
    """Whether the display name of a side, live or declared, fits one of the patterns."""
    return any(
        fnmatchcase(side.display_name, pattern) for side in sides for pattern in policy.protect
    )
