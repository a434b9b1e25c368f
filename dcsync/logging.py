"""`dt.logging`: the levels that `dt.log_level` takes."""

from dcsync.library.log import (
    CRITICAL,
    DEBUG,
    ERROR,
    INFO,
    LOG_LEVELS,
    WARNING,
    critical,
    debug,
    error,
    info,
    logger,
    warning,
)

__all__ = [
    "CRITICAL",
    "DEBUG",
    "ERROR",
    "INFO",
    "LOG_LEVELS",
    "WARNING",
    "critical",
    "debug",
    "error",
    "info",
    "logger",
    "warning",
]
