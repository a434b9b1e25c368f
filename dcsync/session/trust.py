"""Which signatures `receive` checks, from its options and the environment."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping

from dcsync.errors import CommandLineError
from dcsync.model import Secret
from dcsync.receive import KeyRing, PublicKey, SharedSecret, fetcher

DEFAULT_SECRET_ENV = "DT_SIGNATURE_SECRET"  # noqa: S105 - a variable's name


def schemes_of(
    arguments: argparse.Namespace, environ: Mapping[str, str]
) -> list[SharedSecret | PublicKey]:
    """Both schemes, or the one that needs no secret. A variable that was named has to be set."""
    keys = KeyRing(fetcher(environ), time.monotonic)
    public = PublicKey(keys, (arguments.issuer or "").rstrip("/"), arguments.organization or "")
    value = environ.get(arguments.secret_env or DEFAULT_SECRET_ENV)
    if not value and arguments.secret_env:
        raise CommandLineError(f"--secret-env: the variable {arguments.secret_env} is not set")
    return [SharedSecret(Secret(value)), public] if value else [public]
