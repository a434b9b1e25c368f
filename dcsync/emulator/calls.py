"""The log of API calls, for tests and people to query."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase

from dcsync.dataclass import dataclass

_MOST = 100_000


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call: the path as requested, without its query; status 0 if there was no response."""

    method: str
    path: str
    status: int
    time: float = 0.0
    key_id: str = ""


class Calls:
    """The calls so far, oldest first; a call is added before its response is sent."""

    def __init__(self) -> None:
        self._calls: deque[ApiCall] = deque(maxlen=_MOST)
        self.on_call: Callable[[ApiCall], None] | None = None
        """Called with each API call, in the thread of that call."""

    def __iter__(self) -> Iterator[ApiCall]:
        return iter(tuple(self._calls))

    def __len__(self) -> int:
        return len(self._calls)

    def __getitem__(self, index: int) -> ApiCall:
        return self._calls[index]

    def append(self, call: ApiCall) -> None:
        self._calls.append(call)
        if self.on_call is not None:
            self.on_call(call)

    def clear(self) -> None:
        self._calls.clear()

    def matching(
        self, method: str = "*", path: str = "*", status: int | None = None
    ) -> list[ApiCall]:
        """The calls that match a method, a glob of paths and a status."""
        return [
            call
            for call in self
            if method in {"*", call.method}
            and fnmatchcase(call.path, path)
            and status in {None, call.status}
        ]

    def count(self, method: str = "*", part: str = "") -> int:
        """The number of calls with this method and this part in their path."""
        return sum(method in {"*", call.method} and part in call.path for call in self)

    def tally(self) -> Counter[str]:
        """Calls by `METHOD status`."""
        return Counter(f"{call.method} {call.status}" for call in self)
