"""Infrastructure as code for Disruptive Technologies Data Connectors.

`import dcsync as dt` is a client library, too (docs/library.md). Its names are imported on first
use, so that importing `dcsync`, which every start of the tool does, costs nothing.
"""

__version__ = "0.1.0"

log_level: str | None = None
"""The level from which the library prints its log: one of `dt.logging`; None prints nothing."""
request_timeout = 30.0
"""Seconds that one attempt of a library call may take."""
request_attempts = 4
"""How often a library call is sent at most."""

_LIBRARY = "dcsync.library"
_NAMES = {
    "Auth": f"{_LIBRARY}.auth",
    "Client": f"{_LIBRARY}.client",
    "DataConnector": f"{_LIBRARY}.data_connector",
    "Device": f"{_LIBRARY}.device",
    "Emulator": f"{_LIBRARY}.emulator",
    "EventHistory": f"{_LIBRARY}.event_history",
    "Project": f"{_LIBRARY}.project",
    "Stream": f"{_LIBRARY}.stream",
}
_MODULES = ("authentication", "errors", "events", "logging", "outputs")
_SETTINGS = ("base_url", "default_auth", "emulator_base_url")


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    if name in _MODULES:
        return import_module(f"dcsync.{name}")
    if name in _SETTINGS:
        return import_module(f"{_LIBRARY}.settings").default(name)
    raise AttributeError(f"module 'dcsync' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_NAMES, *_MODULES, *_SETTINGS})
