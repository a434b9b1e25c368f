"""The official SDK, pointed at the cloud that the environment names."""

from __future__ import annotations

import os
from typing import Any


def official() -> Any:
    """The module `disruptive`. It takes its credentials from DT_* itself, but no other URLs."""
    import disruptive

    sdk: Any = disruptive
    sdk.base_url = os.environ["DCSYNC_API_URL"]
    sdk.default_auth.token_endpoint = os.environ["DCSYNC_TOKEN_URL"]
    return sdk
