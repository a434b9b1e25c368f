"""What an answer with an error status means, in words that hold no secret."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from dcsync import errors
from dcsync.cloud.request import Answer, Request

LONGEST_TEXT = 300
"""Characters of the server's own words that an error message repeats."""
LONGEST_WAIT_S = 60.0
"""The most that one Retry-After is obeyed for: a server must not put us to sleep for hours."""
WINDOW = 8
"""A run of a secret this long gives it away."""

_BY_STATUS: Mapping[int, type[errors.ApiError]] = {
    400: errors.BadRequest,
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    429: errors.TooManyRequests,
}

_ADVICE = {
    401: "check DT_SERVICE_ACCOUNT_KEY_ID, _SECRET and _EMAIL; without an e-mail the service"
    " account must allow Basic Auth",
    403: "the service account needs a role in this project: project.user to read,"
    " project.developer to change",
    404: "check the project id and that the service account belongs to the project",
}


def raise_for_status(
    request: Request, answer: Answer, secrets: Iterable[str], unix_s: float
) -> None:
    """ApiError for every status outside 2xx (dt-api.md section 3.2); nothing otherwise."""
    if 200 <= answer.status < 300:
        return
    raise error_of(
        request,
        answer.status,
        text=_server_text(answer, (*request.secrets, *secrets)),
        retry_after_s=_retry_after_s(answer.headers.get("retry-after"), unix_s),
    )


def error_of(
    request: Request, status: int, *, text: str = "", retry_after_s: float | None = None
) -> errors.ApiError:
    """The error that stands for a status, with what to do next."""
    if 300 <= status < 400:
        text = "a redirect, which is not followed: the credentials would go with it"
    kind = errors.ServerError if status >= 500 else _BY_STATUS.get(status, errors.ApiError)
    words = "; ".join(part for part in (text, _ADVICE.get(status, "")) if part)
    return kind(
        words or "the server gives no reason",
        method=request.method,
        path=request.path,
        status=status,
        retry_after_s=retry_after_s,
    )


def _server_text(answer: Answer, secrets: Iterable[str]) -> str:
    """The `error` or `message` of a JSON body, cut to size; "" for HTML and the like."""
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    return presentable(_words(body), secrets)


def _words(body: Any) -> str:
    """The text of an error body, of which four shapes are known (dt-api.md 2.1, 3.2, 5.3)."""
    if not isinstance(body, dict):
        return ""
    if isinstance(body.get("error"), dict):
        return _words(body["error"])
    texts = (body.get(key) for key in ("error", "error_description", "message"))
    return ": ".join(text for text in texts if isinstance(text, str) and text)


def presentable(text: str, secrets: Iterable[str]) -> str:
    """`text` on one line and cut to size; without its words if it repeats a secret."""
    if any(_gives_away(text, secret) for secret in secrets):
        return "(the server's words are left out: they repeat a secret of the request)"
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= LONGEST_TEXT else f"{line[:LONGEST_TEXT]}…"


def _gives_away(text: str, secret: str) -> bool:
    size = min(len(secret), WINDOW)
    return size > 0 and any(
        secret[start : start + size] in text for start in range(len(secret) - size + 1)
    )


def _retry_after_s(header: str | None, unix_s: float) -> float | None:
    """Retry-After as seconds from now, whether it came as seconds or as a date; None if absent."""
    if header is None:
        return None
    try:
        wait_s = float(header) if _SECONDS.fullmatch(header) else _until(header) - unix_s
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait_s, 0.0), LONGEST_WAIT_S)


_SECONDS = re.compile(r"\s*\d{1,9}(\.\d+)?\s*")


def _until(date: str) -> float:
    moment = parsedate_to_datetime(date)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
