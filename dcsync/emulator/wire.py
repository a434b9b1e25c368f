"""HTTP requests and responses as values, so that the cloud can be tested without sockets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote

from dcsync.dataclass import dataclass, field, replace
from dcsync.serving.nesting import is_deep

Json = dict[str, Any]

_HELP = "https://docs.d21s.com/error/#{}"
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Refused(Exception):
    """The call gets an error as in docs/api.md section 3.2."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})


class StreamCut(Exception):
    """The connection breaks here, in the middle of a stream."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One HTTP request; query names in snake case, header names in lower case."""

    method: str
    path: str
    query: Mapping[str, list[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    @classmethod
    def parse(
        cls, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> HttpRequest:
        """A request from the parts of its first line; both query spellings become snake case."""
        path, _, query = target.partition("?")
        values: dict[str, list[str]] = {}
        for name, strings in parse_qs(query, keep_blank_values=True).items() if query else ():
            values.setdefault(_CAPITAL.sub("_", name).lower(), []).extend(strings)
        return cls(method, unquote(path) if "%" in path else path, values, headers, body)

    def first(self, name: str) -> str:
        """The first value of a query parameter, "" if there is none."""
        return self.query.get(name, [""])[0]

    def json(self) -> Json:
        """The body as an object, whatever its content type; an empty body is `{}`."""
        if not self.body.strip():
            return {}
        try:
            value = json.loads(self.body.decode("utf-8"))
            json.dumps(value, allow_nan=False)  # neither NaN nor 1e999
        except (ValueError, RecursionError):
            raise Refused(400, "the body is not valid JSON") from None
        if not isinstance(value, dict):
            raise Refused(400, "the body must be a JSON object")
        if is_deep(value):
            raise Refused(400, "the body is nested too deep")
        return value


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An HTTP response: a body or a stream, and how a fault modifies it on the wire."""

    status: int = 200
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: Iterator[list[bytes]] | None = None
    delay_s: float = 0.0
    dropped: bool = False
    truncate_at: int | None = None

    def dated(self, date: str) -> HttpResponse:
        return replace(self, headers={"Date": date, **self.headers})

    def late_by(self, seconds: float) -> HttpResponse:
        return replace(self, delay_s=self.delay_s + seconds) if seconds else self


def encode(value: object) -> bytes:
    """Compact UTF-8, except for lone surrogates, which are escaped."""
    try:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


def json_response(
    value: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """A JSON response."""
    return HttpResponse(
        status, encode(value), {"Content-Type": "application/json", **(headers or {})}
    )


def error_body(status: int, message: str) -> Json:
    return {"error": message, "code": status, "help": _HELP.format(status)}
