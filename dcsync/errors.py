"""Every error that dcsync raises on purpose.

DcsyncError                 what happened, where, and what to do next
├── OutputError             what was asked for cannot be written
├── CommandLineError        the command line asks for something that does not exist
├── DeclarationError        the files have problems; carries every diagnostic
├── RevisionError           a Git revision cannot be read, or does not say what it should
├── RefusedError            refused on purpose: a guard, a stale plan, no approval
└── CloudError              the API, or the way to it
    ├── UsageError          the caller's fault, nothing was done; the base of the 4xx errors, too
    │   ├── ConfigurationError  settings that no call can be made with
    │   ├── FormatError         a value that is not written as it must be, such as a time
    │   └── Unauthorized        no credentials, or ones that are refused
    │       └── CredentialsError    none, or ones that cannot be read
    │           └── NoCredentialsFile   where DT_CREDENTIALS_FILE points there is no file
    ├── ConnectionError     no response: the way to the server is broken
    │   ├── ConnectionFailed    the request certainly never reached the server
    │   └── AnswerLost          sent, but no whole response came: the server may have acted
    │       └── ReadTimeout         because it took too long
    ├── UnknownError        something that the API does not document
    │   └── AnswerInvalid       a response that is not what the API documents
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

if TYPE_CHECKING:  # what batch calls return is no exception, and is looked up late
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
    """An error that is reported to the user in one message, without a traceback.

    The message is one line; `below` are the lines that belong under it.
    """

    def __init__(self, message: str = "", *, below: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.below = tuple(below)


class OutputError(DcsyncError):
    """What was asked for cannot be written."""


class CommandLineError(DcsyncError):
    """The command line asks for something that does not exist."""


class DeclarationError(DcsyncError):
    """The declarations have problems; `diagnostics` holds all of them, warnings included."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("\n".join(map(str, diagnostics)))
        self.diagnostics = tuple(diagnostics)


class RevisionError(DcsyncError):
    """A Git revision cannot be read, or does not say what it should."""


class RefusedError(DcsyncError):
    """Refused on purpose: a guard, a stale plan, no approval."""


class CloudError(DcsyncError):
    """The API, or the way to it."""


class UsageError(CloudError):
    """The caller's fault: what was asked for, or how; the server did nothing."""


class ConfigurationError(UsageError):
    """Settings that no call can be made with."""


class FormatError(UsageError):
    """A value that is not written as it must be, such as a time."""


class Unauthorized(UsageError):
    """No credentials, or ones that are refused."""


class CredentialsError(Unauthorized):
    """No credentials, or ones that cannot be read; nothing was sent."""


class NoCredentialsFile(CredentialsError, FileNotFoundError):
    """Where DT_CREDENTIALS_FILE points there is no file."""


class ConnectionError(CloudError):
    """No response: the way to the server is broken."""


class ConnectionFailed(ConnectionError):
    """The request certainly never reached the server."""


class AnswerLost(ConnectionError):
    """The request was sent and no whole response came: the server may have acted on it."""


class ReadTimeout(AnswerLost):
    """The response took too long."""


class UnknownError(CloudError):
    """Something that the API does not document."""


class AnswerInvalid(UnknownError):
    """A response that is not what the API documents."""


class ApiError(CloudError):
    """The server responded with an error; `status` is the HTTP status.

    `args[0]` is the response's own JSON, as the official SDK has it, or the message where there
    is none. It may repeat a secret; str and repr do not. `retry_after_s` is how long the server
    asks to be left alone, None if it does not say.
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
        """What happened, in words that hold no secret."""
        place = f"{self.method} {self.path}: {self.status}: " if self.method else ""
        return f"{place}{self.message}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[object, ...]:
        """Errors cross process borders and are copied; without this their keywords got lost."""
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
"""What the official SDK calls the root of its errors."""


def trouble_with_machine(error: BaseException) -> str:
    """What is wrong with the machine, where that raised the error and no bug did; or ""."""
    match error:
        case MemoryError():
            return "out of memory"
        case RuntimeError() if "start new thread" in str(error):
            return "no thread can be started; lower --parallelism, or raise the limit (ulimit -u)"
        case FileNotFoundError() if error.filename is None:
            return "the working folder is not there any more"
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
