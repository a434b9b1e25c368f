"""Asks the token endpoint for a token (docs/api.md section 2.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlencode, urlsplit

from dcsync.cloud.auth import LIFETIME_S, Token
from dcsync.cloud.http.message import USER_AGENT, Message
from dcsync.cloud.request import Request, Response
from dcsync.errors import (
    ApiError,
    BadRequest,
    ConnectionFailed,
    CredentialsError,
    CredentialsRefused,
    Forbidden,
    InvalidResponse,
    NotFound,
    ResponseLost,
    ServerError,
)


def fetch_token(
    token_url: str, form: Mapping[str, str], exchange: Callable[[Request, Message], Response]
) -> Token:
    """A token for the form.

    If this fails, the call that needs it was never sent, so the failure is a ConnectionFailed: the
    call is retried, with a new token request.
    """
    request = Request("POST", urlsplit(token_url).path)
    message = Message(
        name="token request",
        method="POST",
        url=token_url,
        headers={
            "User-Agent": USER_AGENT,
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        },
        data=urlencode(form).encode(),
    )
    try:
        response = exchange(request, message)
    except (BadRequest, CredentialsRefused, Forbidden) as error:
        raise _refused(request, error) from None
    except NotFound:
        raise CredentialsError(
            f"there is no token endpoint at {urlsplit(token_url).netloc}{request.path};"
            " check DCSYNC_TOKEN_URL or --token-url"
        ) from None
    except (ResponseLost, ServerError) as error:
        raise ConnectionFailed(f"no token: {error}") from None
    return _token(request, response)


def _refused(request: Request, error: ApiError) -> CredentialsRefused:
    """OAuth2 reports wrong credentials as 400, too (RFC 6749 section 5.2)."""
    return CredentialsRefused(
        f"the token endpoint refuses the service account: {error.message}; check its key id,"
        " secret and e-mail, and this machine's clock",
        method=request.method,
        path=request.path,
        status=error.status,
    )


def _token(request: Request, response: Response) -> Token:
    body = response.json_object(request)
    value = body.get("access_token")
    if not isinstance(value, str) or not _USABLE_TOKEN(value):
        raise InvalidResponse(f"{request}: the response holds no usable access_token")
    lifetime_s = _lifetime_s(body.get("expires_in"))
    if lifetime_s is None:
        raise InvalidResponse(f"{request}: the response holds no usable expires_in")
    return Token(value, lifetime_s)


_USABLE_TOKEN = re.compile(r"[!-~]{1,16384}").fullmatch
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?").fullmatch


def _lifetime_s(value: object) -> float | None:
    """Seconds, given as a number or a string; None if invalid."""
    if value is None:
        return float(LIFETIME_S)
    is_number = isinstance(value, int | float | str) and not isinstance(value, bool)
    return float(str(value)) if is_number and _SECONDS(str(value)) else None
