"""One call to the API and its answer, as values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from dcsync.errors import AnswerInvalid

Query = tuple[tuple[str, str], ...]
"""Query parameters in order; a repeated name carries a list (docs/api.md section 3)."""

REPEATABLE = frozenset({"GET", "PATCH", "DELETE"})
"""Methods that do no harm when sent twice. PATCH, because it only ever sets absolute values."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call. `path` is below the base URL; `body` is JSON data, or None for no body at all."""

    method: str
    path: str
    query: Query = field(default=(), repr=False)
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Values that must not come back in an error message, should the server echo them."""
    repeatable: bool | None = None
    """None: as `REPEATABLE` says of the method."""

    @property
    def may_repeat(self) -> bool:
        """Whether asking again does no harm after an answer that may have been lost."""
        return self.method in REPEATABLE if self.repeatable is None else self.repeatable

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers (names in lower case) and the whole body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    def json_object(self, request: Request) -> dict[str, Any]:
        """The body as a JSON object; AnswerInvalid for anything else."""
        value = parsed(self.body)
        if value is NOT_JSON:
            raise AnswerInvalid(
                f"{request}: {self.status}: the response is not JSON ({len(self.body)} bytes)"
            )
        if not isinstance(value, dict):
            raise AnswerInvalid(f"{request}: {self.status}: the response is not a JSON object")
        return value


NOT_JSON = object()
"""Stands for what is not JSON: a decoder's own error holds the body, which may hold secrets."""


def parsed(text: bytes) -> Any:
    """The JSON value, or NOT_JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return NOT_JSON


@contextmanager
def placed(request: Request) -> Iterator[None]:
    """Say of which call an AnswerInvalid is."""
    try:
        yield
    except AnswerInvalid as error:
        raise AnswerInvalid(f"{request}: {error}") from None


def path_of(*segments: str) -> str:
    """A path of segments, each escaped so that an odd id cannot reach another resource."""
    return "".join(f"/{quote(segment, safe='-')}" for segment in segments)


def connectors_path(project_id: str) -> str:
    """Where a project's connectors live below the base URL."""
    return path_of("projects", project_id, "dataconnectors")


def connector_path(project_id: str, data_connector_id: str) -> str:
    """Where a connector lives below the base URL."""
    return path_of("projects", project_id, "dataconnectors", data_connector_id)
