"""How long a storm lasts: `make storm N=1000`; without it, as long as the suite can bear."""

import os


def length(by_default: int) -> int:
    """How many rounds to go, the long run's number where it was asked for."""
    return int(os.environ.get("STORM", by_default))
