"""Every error that dcsync raises on purpose.

DcsyncError                 what happened, where, and what to do next
├── OutputError             what was asked for cannot be written
├── CommandLineError        the command line asks for something that does not exist
├── DeclarationError        the files have problems; carries every diagnostic
├── RevisionError           a Git revision cannot be read, or does not tell what it should
├── RefusedError            refused on purpose: a guard, a stale plan, no approval
└── CloudError              the API, or the way to it
    ├── UsageError          the caller's fault, nothing was done; the base of the 4xx errors, too
    │   ├── ConfigurationError  settings that no call can be made with
    │   └── FormatError         a value that is not written as it must be, such as a time
    ├── CredentialsError    no credentials, or ones that cannot be read
    ├── ConnectionError     no answer: the way to the server is broken
    │   ├── ConnectionFailed    the request certainly never reached the server
    │   └── AnswerLost          sent, but no whole answer came: the server may have acted
    ├── AnswerInvalid       an answer came that the API does not document
    └── ApiError            the server answered with an error
        ├── BadRequest          400
        ├── Unauthorized        401
        ├── Forbidden           403
        ├── NotFound            404
        ├── Conflict            409
        ├── TooManyRequests     429
        └── ServerError         500 and above: the server may have acted
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from dcsync.model import Diagnostic


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
    """A Git revision cannot be read, or does not tell what it should."""


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


class CredentialsError(CloudError):
    """No credentials, or ones that cannot be read."""


class ConnectionError(CloudError):
    """No answer: the way to the server is broken."""


class ConnectionFailed(ConnectionError):
    """The request certainly never reached the server."""


class AnswerLost(ConnectionError):
    """The request was sent and no whole answer came: the server may have acted on it."""


class AnswerInvalid(CloudError):
    """An answer came that the API does not document."""


class ApiError(CloudError):
    """The server answered with an error; `status` is the HTTP status.

    `retry_after_s` is how long the server asks to be left alone, None if it does not say.
    """

    def __init__(
        self,
        message: str,
        *,
        method: str,
        path: str,
        status: int,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(f"{method} {path}: {status}: {message}")
        self.message = message
        self.method = method
        self.path = path
        self.status = status
        self.retry_after_s = retry_after_s

    def __reduce__(self) -> tuple[object, ...]:
        """Errors cross process borders and are copied; without this their keywords got lost."""
        keywords = {name: getattr(self, name) for name in ("method", "path", "status")}
        return partial(type(self), retry_after_s=self.retry_after_s, **keywords), (self.message,)


class BadRequest(ApiError, UsageError):
    """400: the path, query or body is invalid."""


class Unauthorized(ApiError, UsageError):
    """401: the credentials or the token are wrong."""


class Forbidden(ApiError, UsageError):
    """403: the role does not allow this call."""


class NotFound(ApiError, UsageError):
    """404: no such resource."""


class Conflict(ApiError, UsageError):
    """409: it exists already, or changed at the same time."""


class TooManyRequests(ApiError, UsageError):
    """429: over the rate limit; the server did not act."""


class ServerError(ApiError):
    """500 and above: the server failed and may have acted."""


# What the official SDK calls them, so that its `except` clauses keep working.
DTApiError = CloudError
InternalServerError = ServerError
ReadTimeout = AnswerLost
UnknownError = AnswerInvalid
