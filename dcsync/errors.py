"""Every error that dcsync raises on purpose.

DcsyncError                 what happened, where, and what to do next
├── OutputError             output cannot be written
├── CommandLineError        the command line names something that does not exist
├── DeclarationError        the files have problems; carries every diagnostic
├── RevisionError           a Git revision cannot be read, or is not usable
├── RefusedError            refused on purpose: a guard, a stale plan, no approval
└── CloudError              the API, or the connection to it
    ├── UsageError          the caller's mistake, without effect; the base of the 4xx errors, too
    │   ├── ConfigurationError  settings that cannot be used for any call
    │   ├── FormatError         a value in an invalid format, such as a time
    │   └── Unauthorized        no credentials, or refused ones
    │       └── CredentialsError    none, or unreadable ones
    │           └── NoCredentialsFile   the file in DT_CREDENTIALS_FILE does not exist
    ├── ConnectionError     no response: the connection to the server failed
    │   ├── ConnectionFailed    the request certainly did not reach the server
    │   └── ResponseLost        sent, but no complete response arrived: the server may have acted
    │       └── ReadTimeout         because it took too long
    ├── UnknownError        something that the API does not document
    │   └── InvalidResponse     a response that is not what the API documents
    └── ApiError            the server responded with an error status
        ├── BadRequest          400
        ├── CredentialsRefused  401, an Unauthorized
        ├── Forbidden           403
        ├── NotFound            404
        ├── Conflict            409
        ├── TooManyRequests     429
        ├── UnknownStatus       any other below 500, an UnknownError
        └── ServerError         500 and above: the server may have acted
            ├── InternalServerError     500, 503 and 504, which the API documents
            └── UnknownServerError      any other, an UnknownError too

The official SDK's names and tree are part of it, so that `except` clauses keep working.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from dcsync.model import Diagnostic

if TYPE_CHECKING:  # errors that batch calls return are not exceptions, and are imported late
    from dcsync.library.batch import BatchError as BatchError
    from dcsync.library.batch import LabelUpdateError as LabelUpdateError
    from dcsync.library.batch import TransferDeviceError as TransferDeviceError
else:

    def __getattr__(name: str) -> object:
        if name not in {"BatchError", "LabelUpdateError", "TransferDeviceError"}:
            raise AttributeError(f"module 'dcsync.errors' has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module("dcsync.library.batch"), name)


class DcsyncError(Exception):
    """An error that is reported in one message, without a traceback.

    The message is one line; `below` are further lines below it.
    """

    def __init__(self, message: str = "", *, below: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.below = tuple(below)


class OutputError(DcsyncError):
    """Output cannot be written."""


class CommandLineError(DcsyncError):
    """The command line names something that does not exist."""


class DeclarationError(DcsyncError):
    """The declarations have problems; `diagnostics` are all of them, warnings included."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("\n".join(map(str, diagnostics)))
        self.diagnostics = tuple(diagnostics)


class RevisionError(DcsyncError):
    """A Git revision cannot be read, or is not usable."""


class RefusedError(DcsyncError):
    """Refused on purpose: a guard, a stale plan, no approval."""


class CloudError(DcsyncError):
    """The API, or the connection to it."""


class UsageError(CloudError):
    """The caller's mistake; the server did nothing."""


class ConfigurationError(UsageError):
    """Settings that cannot be used for any call."""


class FormatError(UsageError):
    """A value in an invalid format, such as a time."""


class Unauthorized(UsageError):
    """No credentials, or refused ones."""


class CredentialsError(Unauthorized):
    """No credentials, or unreadable ones; nothing was sent."""


class NoCredentialsFile(CredentialsError, FileNotFoundError):
    """The file in DT_CREDENTIALS_FILE does not exist."""


class ConnectionError(CloudError):
    """No response: the connection to the server failed."""


class ConnectionFailed(ConnectionError):
    """The request certainly did not reach the server."""


class ResponseLost(ConnectionError):
    """The request was sent, but no complete response arrived: the server may have acted."""


class ReadTimeout(ResponseLost):
    """The response took too long."""


class UnknownError(CloudError):
    """Something that the API does not document."""


class InvalidResponse(UnknownError):
    """A response that is not what the API documents."""


class ApiError(CloudError):
    """The server responded with an error; `status` is the HTTP status.

    `args[0]` is the response's JSON, as in the official SDK, or the message if there is none. It
    may contain a secret; str and repr do not. `retry_after_s` is the wait that the server asks for,
    None if it does not.
    """

    def __init__(
        self,
        message: str | Mapping[str, Any] = "",
        *,
        method: str = "",
        path: str = "",
        status: int = 0,
        retry_after_s: float | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> None:
        given = body if isinstance(message, str) else message
        super().__init__()
        self.message = message if isinstance(message, str) else ""
        self.method = method
        self.path = path
        self.status = status
        self.retry_after_s = retry_after_s
        self.args = (self.message if given is None else given,)

    def __str__(self) -> str:
        """What happened, without secrets."""
        place = f"{self.method} {self.path}: {self.status}: " if self.method else ""
        return f"{place}{self.message}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[object, ...]:
        """For pickling and copying, which would lose the keyword arguments."""
        names = ("method", "path", "status", "retry_after_s")
        keywords = {name: getattr(self, name) for name in names}
        body = None if isinstance(self.args[0], str) else self.args[0]
        return partial(type(self), body=body, **keywords), (self.message,)


class BadRequest(ApiError, UsageError):
    """400: the path, query or body is invalid."""


class CredentialsRefused(ApiError, Unauthorized):
    """401: the credentials or the token are wrong."""


class Forbidden(ApiError, UsageError):
    """403: the role does not allow this call."""


class NotFound(ApiError, UsageError):
    """404: no such resource."""


class Conflict(ApiError, UsageError):
    """409: it exists already, or changed at the same time."""


class TooManyRequests(ApiError, UsageError):
    """429: over the rate limit; the server did not act."""


class UnknownStatus(ApiError, UnknownError):
    """Any other status below 500: the API documents no such error."""


class ServerError(ApiError):
    """500 and above: the server failed and may have acted."""


class InternalServerError(ServerError):
    """500, 503 and 504."""


class UnknownServerError(ServerError, UnknownError):
    """Any other status above 500, such as a proxy's 502."""


DTApiError = CloudError
"""The official SDK's name of the root of its errors."""


def trouble_with_machine(error: BaseException) -> str:
    """The cause of a system error that is not a bug; "" for any other error."""
    match error:
        case MemoryError():
            return "out of memory"
        case RuntimeError() if "start new thread" in str(error):
            return "no thread can be started; lower --parallelism, or raise the limit (ulimit -u)"
        case FileNotFoundError() if error.filename is None:
            return "the working directory does not exist any more"
        case OSError() if error.errno is not None:
            place = f"{error.filename}: " if error.filename else ""
            return f"{place}{_REMEDIES.get(error.errno, error.strerror)}"
        case _:
            return ""


_REMEDIES = {
    errno.EMFILE: "this process may open no more files; raise the limit (ulimit -n)",
    errno.ENFILE: "this machine can open no more files",
    errno.ENOMEM: "out of memory",
}
