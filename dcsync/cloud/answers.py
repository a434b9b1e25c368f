"""What an answer with an error status means, in words that hold no secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from dcsync import errors
from dcsync.cloud.request import Answer, Request, parsed
from dcsync.cloud.secrets import Secrets
from dcsync.cloud.words import WITHHELD, meaning_of, own_words, presentable

LONGEST_WAIT_S = 60.0
"""The most that one Retry-After is obeyed for: a server must not put us to sleep for hours."""

DEEPEST = 2
"""How deep in others an error object may be to be read."""

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


def raise_for_status(request: Request, answer: Answer, secrets: Secrets, unix_s: float) -> None:
    """ApiError for every status outside 2xx (docs/api.md section 3.2); nothing otherwise."""
    if 200 <= answer.status < 300:
        return
    content = parsed(answer.body)
    raise error_of(
        request,
        answer.status,
        text=words_of(request, content, secrets),
        retry_after_s=retry_after_s_of(answer.headers.get("retry-after"), unix_s),
        body=content,
    )


def error_of(
    request: Request,
    status: int,
    *,
    text: str = "",
    retry_after_s: float | None = None,
    body: Any = None,
) -> errors.ApiError:
    """The error that stands for a status, with what to do next; `body` is for programs only."""
    if 300 <= status < 400:
        text = "a redirect, which is not followed: the credentials would go with it"
    other = errors.UnknownServerError if status >= 500 else errors.UnknownStatus
    kind = _BY_STATUS.get(status, other)
    if text == WITHHELD:
        text = f"{meaning_of(status) or 'not a status of HTTP'} ({WITHHELD})"
    words = "; ".join(part for part in (text, _ADVICE.get(status, "")) if part)
    return kind(
        words or "the server gives no reason",
        method=request.method,
        path=request.path,
        status=status,
        retry_after_s=retry_after_s,
        body=body if isinstance(body, dict) else None,
    )


def words_of(request: Request, content: Any, secrets: Secrets) -> str:
    """What an error body says, as far as it may be shown; "" where it says nothing."""
    return presentable(_message_in(content), secrets, own_words(request.path, request.body))


def _message_in(body: Any, depth: int = 0) -> str:
    """The message of an error body, of which four shapes are known (docs/api.md sections 2.1, 3.2,
    5.3)."""
    if not isinstance(body, dict) or depth > DEEPEST:
        return ""
    if isinstance(body.get("error"), dict):
        return _message_in(body["error"], depth + 1)
    texts = (body.get(key) for key in ("error", "error_description", "message"))
    return ": ".join(text for text in texts if isinstance(text, str) and text)


def retry_after_s_of(header: str | None, unix_s: float) -> float | None:
    """Retry-After as seconds from now, whether it came as seconds or as a date; None if absent."""
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
