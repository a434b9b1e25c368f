"""The library's log: calls, waits, reconnects. Logs no secrets.

Records go to the logger `dcsync`, for programs that configure logging; `dt.log_level` prints them
as the official SDK does.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

import dcsync
from dcsync.errors import ConfigurationError

if TYPE_CHECKING:
    from dcsync.cloud.http.transport import Exchange

DEBUG, INFO, WARNING, ERROR, CRITICAL = "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"
LOG_LEVELS = [DEBUG, INFO, WARNING, ERROR, CRITICAL]

logger = logging.getLogger("dcsync")
logger.addHandler(logging.NullHandler())


def debug(msg: object) -> None:
    """Log at DEBUG."""
    _log(DEBUG, msg)


def info(msg: object) -> None:
    """Log at INFO."""
    _log(INFO, msg)


def warning(msg: object) -> None:
    """Log at WARNING."""
    _log(WARNING, msg)


def error(msg: object) -> None:
    """Log at ERROR."""
    _log(ERROR, msg)


def critical(msg: object) -> None:
    """Log at CRITICAL."""
    _log(CRITICAL, msg)


def call(exchange: Exchange) -> None:
    """Log one attempt of a call."""
    status = exchange.status or "no response"
    debug(f"{exchange.name}: {status} in {exchange.seconds * 1000:.0f} ms")


def unknown(what: str, name: str) -> None:
    """Log that the API returned something that this version does not know."""
    warning(f"{what} {name!r} is not known to this version of dcsync; it is in raw only")


def wait(seconds: float, reason: str) -> None:
    """Log that a call waits before it is sent or retried."""
    warning(f"{reason}, waiting {seconds:.0f} s")


def _log(level: str, message: object) -> None:
    if _is_printed(level):
        print(f"[{datetime.now().astimezone().isoformat()}] {level:<8} - {message}")  # noqa: T201
    logger.log(logging.getLevelNamesMapping()[level], "%s", message)


def _is_printed(level: str) -> bool:
    """Whether `dt.log_level` includes the level. ConfigurationError, once, for an unknown one."""
    chosen = dcsync.log_level
    if not isinstance(chosen, str):
        return False
    if chosen.upper() not in LOG_LEVELS:
        dcsync.log_level = INFO
        raise ConfigurationError(f"log_level {chosen!r} is none of {', '.join(LOG_LEVELS)}")
    return LOG_LEVELS.index(level) >= LOG_LEVELS.index(chosen.upper())
