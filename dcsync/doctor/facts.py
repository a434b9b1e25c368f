"""The facts that the checks judge. Values only; none holds a secret."""

from __future__ import annotations

from dcsync.dataclass import dataclass
from dcsync.errors import DcsyncError
from dcsync.model import DeclaredProject, Diagnostic

Trouble = DcsyncError | None


@dataclass(frozen=True, slots=True)
class Files:
    """The declarations and their problems."""

    projects: tuple[DeclaredProject, ...] = ()
    errors: tuple[Diagnostic, ...] = ()
    """Problems that prevent loading."""
    unresolved: tuple[Diagnostic, ...] = ()
    """References to variables that are not set, or files that cannot be read."""
    left_out: str = ""
    """Why some projects are missing."""
    rulebooks: tuple[str, ...] = ()
    """The files of house rules."""
    broken_rules: tuple[Diagnostic, ...] = ()
    """House rules that a connector breaks, or that cannot be read."""


@dataclass(frozen=True, slots=True)
class Repository:
    """The Git repository of the files; `trouble` is the problem with the base, or ""."""

    is_there: bool
    base: str
    is_asked_for: bool
    """The base was named with `--base`."""
    is_shallow: bool = False
    trouble: str = ""
    base_commit: str = ""


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy to the API; `trouble` is "" if it accepts connections."""

    shown: str
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Api:
    """The API's response to a call without credentials; `status` is 0 if there was none."""

    url: str
    status: int = 0
    seconds: float = 0.0
    is_json: bool = False
    ahead_s: float | None = None
    """How far this machine's clock is ahead of the server's; None if it sends no date."""
    trouble: Trouble = None


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """The result of obtaining a token; `issuer` is "" for Basic Auth."""

    issuer: str
    seconds: float = 0.0
    trouble: Trouble = None


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """The account's permissions in one project, and its live connectors."""

    declared: DeclaredProject
    permissions: tuple[str, ...] | DcsyncError
    live: tuple[str, ...] | DcsyncError
    """Display names."""


@dataclass(frozen=True, slots=True)
class Destination:
    """An endpoint of connectors: host and port, and the problem in reaching it."""

    place: str
    """`host:port`."""
    addresses: tuple[str, ...]
    """The addresses of the connectors."""
    stage: str = ""
    """The failed stage: dns, connect, certificate or tls; "" if none failed."""
    trouble: str = ""
    remedy: str = ""
    days_left: float | None = None
    issuer: str = ""
    skipped: str = ""
    """Why it was not checked."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The result of a sample event for one connector; `skipped` says why none was posted."""

    address: str
    status: int = 0
    seconds: float = 0.0
    trouble: str = ""
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was gathered. None and empty mean not checked."""

    files: Files
    repository: Repository
    is_offline: bool = False
    network: Trouble = None
    """The problem with the settings for proxies and the CA bundle."""
    proxies: tuple[Proxy, ...] = ()
    ca_bundle: str | None = None
    credentials: Trouble = None
    api: Api | None = None
    token: TokenFacts | None = None
    projects: tuple[ProjectFacts, ...] = ()
    endpoints: tuple[Destination, ...] = ()
    samples: tuple[Sample, ...] = ()
