"""The options of the commands that serve."""

from __future__ import annotations

from dcsync.dataclass import dataclass
from dcsync.formats import PlainFormat
from dcsync.options.shared import Options


@dataclass(frozen=True, slots=True, kw_only=True)
class EmulatorOptions(Options):
    """`dcsync emulator`."""

    port: int
    rate: float
    history: float
    seed: str | None
    state: str | None
    env_file: str | None
    switches: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveOptions(Options):
    """`dcsync receive`."""

    secret_envs: tuple[str, ...]
    issuers: tuple[str, ...]
    organization: str | None
    require_signature: bool
    ignore_expiry: bool
    port: int
    url_file: str | None
    count: int | None
    duration: float | None
    fail_rate: float
    delay: float
    format: PlainFormat
