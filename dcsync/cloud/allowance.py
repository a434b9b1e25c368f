"""The rate limit of a server, estimated from its 429 responses. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

WINDOW_S, CALLS = 5.0, 25
"""DT's rate limit (docs/api.md section 3.2). A 429 after fewer calls has another reason, such as
another process that uses the same key."""
LONGEST_WINDOW_S = 60.0
MARGIN_S = 0.1
QUIET_S = 30.0
"""After this long without a 429, a rate below the documented one is raised by half."""
SHARE_KEPT = 0.8
"""The share of a refused rate that is kept."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """`calls` in any `window_s`, in effect since `since_s`; `proved` by more than one 429."""

    calls: int
    window_s: float
    since_s: float
    proved: bool = False

    @property
    def rate(self) -> float:
        """Calls a second."""
        return self.calls / self.window_s

    def grown(self, now_s: float) -> Allowance:
        """The same, or a larger one after long enough without a 429."""
        most = max(int(CALLS / WINDOW_S * self.window_s), 1)
        patience_s = QUIET_S if self.proved else 2 * self.window_s
        if self.calls >= most or now_s - self.since_s <= patience_s:
            return self
        return replace(self, calls=min(self.calls * 3 // 2 + 1, most), since_s=now_s)


def learn(
    ends_s: Sequence[float], refused_s: float, wait_s: float, before: Allowance | None
) -> Allowance | None:
    """The allowance after a 429 that asked for `wait_s`; None where nothing is known.

    `ends_s` are the end times of accepted calls, in order. The server accepts a call again when
    the first of them leaves its window, which gives the length of the window.
    """
    span_s = WINDOW_S if wait_s <= WINDOW_S else LONGEST_WINDOW_S
    passed = [end_s for end_s in ends_s if end_s > refused_s - span_s]
    found = _explain(passed, refused_s, wait_s)
    if before is None or (found and found.rate < before.rate * SHARE_KEPT):
        return replace(found, proved=before is not None) if found else None
    if before.calls > 1:
        calls = max(int(before.calls * SHARE_KEPT), 1)
        return replace(before, calls=calls, since_s=refused_s, proved=True)
    window_s = min(before.window_s / SHARE_KEPT, LONGEST_WINDOW_S)
    return replace(before, window_s=window_s, since_s=refused_s, proved=True)


def _explain(passed: Sequence[float], refused_s: float, wait_s: float) -> Allowance | None:
    if not passed:
        return None
    if len(passed) >= CALLS and wait_s <= WINDOW_S:
        return Allowance(len(passed), WINDOW_S, refused_s)
    window_s = refused_s + wait_s - passed[0] + MARGIN_S
    return Allowance(len(passed), min(max(window_s, MARGIN_S), LONGEST_WINDOW_S), refused_s)
