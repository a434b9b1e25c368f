"""A call to the API and its response, as values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from dcsync.dataclass import dataclass, field
from dcsync.errors import InvalidResponse

Query = tuple[tuple[str, str], ...]
"""Query parameters in order; a list repeats the name (docs/api.md section 3)."""

REPEATABLE = frozenset({"GET", "PATCH", "DELETE"})
"""Methods that are safe to send twice; PATCH is, because it only sets absolute values."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call. `path` is relative to the base URL; `body` is JSON data, None for no body."""

    method: str
    path: str
    query: Query = field(default=(), repr=False)
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Values that error messages must not repeat, even if the server echoes them."""
    repeatable: bool | None = None
    """None: by method, as in `REPEATABLE`."""

    @property
    def may_repeat(self) -> bool:
        """Whether the call may be sent again after its response was lost."""
        return self.method in REPEATABLE if self.repeatable is None else self.repeatable

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Response:
    """Status, headers (names in lower case) and the whole body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    def json_object(self, request: Request) -> dict[str, Any]:
        """The body as a JSON object; InvalidResponse for anything else."""
        value = parsed(self.body)
        if value is NOT_JSON:
            raise InvalidResponse(
                f"{request}: {self.status}: the response is not JSON ({len(self.body)} bytes)"
            )
        if not isinstance(value, dict):
            raise InvalidResponse(f"{request}: {self.status}: the response is not a JSON object")
        return value


NOT_JSON = object()
"""Returned for invalid JSON: the decoder's exception holds the body, which may hold secrets."""


def parsed(text: bytes) -> Any:
    """The JSON value, or NOT_JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return NOT_JSON


@contextmanager
def placed(request: Request) -> Iterator[None]:
    """Prefix an InvalidResponse with the call."""
    try:
        yield
    except InvalidResponse as error:
        raise InvalidResponse(f"{request}: {error}") from None


def path_of(*segments: str) -> str:
    """The segments as a path, escaped so that an odd id cannot reach another resource."""
    return "".join(
        f"/{segment if segment.isalnum() and segment.isascii() else quote(segment, safe='-')}"
        for segment in segments
    )


def connectors_path(project_id: str) -> str:
    """The path of a project's connectors."""
    return path_of("projects", project_id, "dataconnectors")


def connector_path(project_id: str, data_connector_id: str) -> str:
    """The path of a connector."""
    return path_of("projects", project_id, "dataconnectors", data_connector_id)
