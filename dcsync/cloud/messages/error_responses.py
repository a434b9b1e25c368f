"""Error responses as exceptions, whose messages hold no secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from dcsync import errors
from dcsync.cloud.attempts import LONGEST_WAIT_S
from dcsync.cloud.messages.secrets import Secrets
from dcsync.cloud.messages.server_messages import (
    WITHHELD,
    presentable,
    reason_phrase,
    request_words,
)
from dcsync.cloud.request import Request, Response, parsed

DEEPEST = 2
"""Maximum nesting of error objects that are read."""

_BY_STATUS: Mapping[int, type[errors.ApiError]] = {
    400: errors.BadRequest,
    401: errors.CredentialsRefused,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    429: errors.TooManyRequests,
    500: errors.InternalServerError,
    503: errors.InternalServerError,
    504: errors.InternalServerError,
}

_ADVICE = {
    401: "check DT_SERVICE_ACCOUNT_KEY_ID, _SECRET and _EMAIL; without an e-mail the service"
    " account must allow Basic Auth",
    403: "the service account needs a role in this project: project.user to read,"
    " project.developer to change",
    404: "check the project id and that the service account belongs to the project",
}


def error_of(
    request: Request, response: Response, secrets: Secrets, unix_s: float
) -> errors.ApiError:
    """The exception for a response, with what of its message may be shown."""
    content = parsed(response.body)
    return api_error(
        request,
        response.status,
        message=message_of(request, content, secrets),
        retry_after_s=retry_after_s_of(response.headers.get("retry-after"), unix_s),
        body=content,
    )


def api_error(
    request: Request,
    status: int,
    *,
    message: str = "",
    retry_after_s: float | None = None,
    body: Any = None,
) -> errors.ApiError:
    """The exception for a status, with advice; `body` is for programs only and never shown."""
    if 300 <= status < 400:
        message = "redirects are not followed: they would receive the credentials"
    other = errors.UnknownServerError if status >= 500 else errors.UnknownStatus
    kind = _BY_STATUS.get(status, other)
    if message == WITHHELD:
        message = f"{reason_phrase(status) or 'not an HTTP status'} ({WITHHELD})"
    parts = (message, _ADVICE.get(status, ""))
    return kind(
        "; ".join(filter(None, parts)) or "the server gives no reason",
        method=request.method,
        path=request.path,
        status=status,
        retry_after_s=retry_after_s,
        body=body if isinstance(body, dict) else None,
    )


def message_of(request: Request, content: Any, secrets: Secrets) -> str:
    """The message in an error body, as far as it may be shown; "" if there is none."""
    return presentable(_message_in(content), secrets, request_words(request.path, request.body))


def _message_in(body: Any, depth: int = 0) -> str:
    """The message in an error body of any of the four known shapes (docs/api.md sections 2.1, 3.2,
    5.3)."""
    if not isinstance(body, dict) or depth > DEEPEST:
        return ""
    if isinstance(body.get("error"), dict):
        return _message_in(body["error"], depth + 1)
    parts = (body.get(key) for key in ("error", "error_description", "message"))
    return ": ".join(part for part in parts if isinstance(part, str) and part)


def retry_after_s_of(header: str | None, unix_s: float) -> float | None:
    """Retry-After (seconds or a date) as seconds from now; None if absent or invalid."""
    if header is None:
        return None
    try:
        wait_s = float(header) if _SECONDS.fullmatch(header) else _until(header) - unix_s
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait_s, 0.0), LONGEST_WAIT_S)


_SECONDS = re.compile(r"[ \t]*[0-9]{1,9}(\.[0-9]+)?[ \t]*")


def _until(date: str) -> float:
    moment = parsedate_to_datetime(date)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
