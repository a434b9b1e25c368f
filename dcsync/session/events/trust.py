"""The signature checks of `receive`, from its options and the environment."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from dcsync.errors import CommandLineError
from dcsync.model import Secret
from dcsync.options.of_servers import ReceiveOptions
from dcsync.receive import (
    DT_ISSUER,
    KeyRing,
    PublicKey,
    SharedSecret,
    fetcher,
    issuer_problem,
)

DEFAULT_SECRET_ENV = "DT_SIGNATURE_SECRET"  # noqa: S105 - a variable's name


def schemes_of(
    options: ReceiveOptions, environ: Mapping[str, str]
) -> list[SharedSecret | PublicKey]:
    """Both schemes, or the one without a secret. A named variable must be set."""
    rejects_expired = not options.ignore_expiry
    keys = KeyRing(fetcher(environ), time.monotonic)
    issuers = frozenset(map(_issuer, options.issuers)) or {DT_ISSUER}
    public = PublicKey(keys, issuers, options.organization or "", rejects_expired)
    secrets = _secrets(options.secret_envs, environ)
    return [SharedSecret(secrets, rejects_expired), public] if secrets else [public]


def _secrets(names: Sequence[str], environ: Mapping[str, str]) -> dict[str, Secret]:
    """The secrets by the names of their variables."""
    for name in names:
        if not environ.get(name):
            raise CommandLineError(f"--secret-env: the variable {name} is not set")
    chosen = names or [DEFAULT_SECRET_ENV]
    return {name: Secret(environ[name]) for name in chosen if environ.get(name)}


def _issuer(url: str) -> str:
    problem = issuer_problem(url)
    if problem:
        raise CommandLineError(f"--issuer: {problem}")
    return url
