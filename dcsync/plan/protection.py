"""`policy.protect`: display names that are never deleted or replaced. Pure."""

from fnmatch import fnmatchcase

from dcsync.model import Policy

PROTECTED = "protected"


def is_protected(display_name: str, policy: Policy) -> bool:
    """Whether a display name fits one of the policy's patterns; case counts."""
    return any(fnmatchcase(display_name, pattern) for pattern in policy.protect)
