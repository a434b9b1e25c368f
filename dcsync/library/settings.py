"""Defaults of the settings, looked up in the environment when they are needed.

The variables are the tool's, so that both can be pointed at another cloud together.
"""

from __future__ import annotations

import os
from functools import lru_cache

from dcsync.cloud.auth import Credentials
from dcsync.cloud.client import API_URL, EMULATOR_URL
from dcsync.cloud.connect import CREDENTIALS_FILE, EMAIL, KEY_ID, SECRET
from dcsync.library.auth import Auth


def default(name: str) -> object:
    """The value of `dcsync.<name>` unless the user has assigned one."""
    match name:
        case "base_url":
            return os.environ.get("DCSYNC_API_URL") or API_URL
        case "emulator_base_url":
            return os.environ.get("DCSYNC_EMULATOR_URL") or EMULATOR_URL
        case _:
            return _auth_of(tuple(os.environ.get(variable) for variable in _VARIABLES))


_VARIABLES = (CREDENTIALS_FILE, KEY_ID, SECRET, EMAIL, "DCSYNC_TOKEN_URL")


@lru_cache(maxsize=8)
def _auth_of(values: tuple[str | None, ...]) -> Credentials:  # noqa: ARG001 - the cache's key
    """The same object for the same variables, so that its token stays cached."""
    return Auth.init()
