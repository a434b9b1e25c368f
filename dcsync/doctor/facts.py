"""What was seen of the set-up, before anything is judged. Values only; none holds a secret."""

from __future__ import annotations

from dcsync.dataclass import dataclass
from dcsync.errors import DcsyncError
from dcsync.model import DeclaredProject, Diagnostic

Trouble = DcsyncError | None


@dataclass(frozen=True, slots=True)
class Files:
    """The declarations, and what is wrong with them."""

    projects: tuple[DeclaredProject, ...] = ()
    errors: tuple[Diagnostic, ...] = ()
    """They cannot be read."""
    unresolved: tuple[Diagnostic, ...] = ()
    """References to what is not set, or cannot be read."""
    left_out: str = ""
    """Why some projects are not among them."""
    rulebooks: tuple[str, ...] = ()
    """The files of house rules."""
    broken_rules: tuple[Diagnostic, ...] = ()
    """House rules that a connector breaks, or that cannot be read."""


@dataclass(frozen=True, slots=True)
class Repository:
    """The Git repository around the files; `trouble` is with the base, "" where there is none."""

    is_there: bool
    base: str
    is_asked_for: bool
    """Somebody named the base."""
    is_shallow: bool = False
    trouble: str = ""
    base_commit: str = ""


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy on the way to the API; `trouble` is "" where it takes connections."""

    shown: str
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Api:
    """What the API said to a call without credentials; `status` is 0 where it said nothing."""

    url: str
    status: int = 0
    seconds: float = 0.0
    is_json: bool = False
    ahead_s: float | None = None
    """How far this machine's clock is ahead of the server's; None where it sends no date."""
    trouble: Trouble = None


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """Whether the credentials are worth one; `issuer` is "" for Basic Auth."""

    issuer: str
    seconds: float = 0.0
    trouble: Trouble = None


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """What the account sees of one project: its permissions and how many connectors it has."""

    declared: DeclaredProject
    permissions: tuple[str, ...] | DcsyncError
    live: tuple[str, ...] | DcsyncError
    """Display names."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where connectors deliver: a host and a port, and what is wrong on the way there."""

    place: str
    """`host:port`."""
    addresses: tuple[str, ...]
    """Of the connectors."""
    stage: str = ""
    """Where it ended: dns, connect, certificate or tls; "" where it did not."""
    trouble: str = ""
    remedy: str = ""
    seconds: float = 0.0
    days_left: float | None = None
    issuer: str = ""
    skipped: str = ""
    """Why it was not looked at."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What became of a sample event for one connector; `skipped` says why none was posted."""

    address: str
    status: int = 0
    seconds: float = 0.0
    trouble: str = ""
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was gathered. None and empty: not looked at."""

    files: Files
    repository: Repository
    is_offline: bool = False
    network: Trouble = None
    """What is wrong with proxies and CA bundle as they are set."""
    proxies: tuple[Proxy, ...] = ()
    ca_bundle: str | None = None
    credentials: Trouble = None
    api: Api | None = None
    token: TokenFacts | None = None
    projects: tuple[ProjectFacts, ...] = ()
    endpoints: tuple[Destination, ...] = ()
    samples: tuple[Sample, ...] = ()
