"""The rate limit of a server, or the share of it that others leave, by its 429 responses. Pure.

A process that was refused sooner than the documented limit shares it. It keeps as many calls a
window as were accepted, and once a window tries more: so the sum is what the server allows, and
what others leave is soon taken up. Whoever has much of it lets the others try first. Whoever has
had all of it leaves a gap in each window (`pace`), and halves when somebody takes that up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from dcsync.dataclass import dataclass, replace

WINDOW_S, CALLS = 5.0, 25
"""DT's rate limit (docs/api.md section 3.2). A 429 after fewer calls has another reason, such as
another process that uses the same key."""
LONGEST_WINDOW_S = 60.0
MARGIN_S = 0.1
LONGER = 1.25
"""How much longer a window becomes in which even one call was too many."""
OTHERS_FIRST_S = 1.02
"""How long whoever has much of the limit waits before it tries more. Retry-After is in whole
seconds, so by then the others have tried; and if it is refused, the whole seconds end just when its
own calls leave the window."""
SMALL_SHARE = 0.25
"""Whoever has less of the limit need not wait for that."""
IN_VAIN = 12
"""After so many attempts in a row at one more call, they are made in every third window only."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """`calls` in any `window_s`, refused beyond that at `since_s` for the last time."""

    calls: int
    window_s: float
    since_s: float
    shared: bool = False
    """Whether others have taken part of it."""
    in_vain: int = 0
    """Refusals in a row without a call that was let through in addition."""

    @property
    def _most(self) -> int:
        """The documented rate."""
        return max(int(CALLS / WINDOW_S * self.window_s), 1)

    def until_more_s(self, now_s: float, began_s: float) -> float:
        """Seconds until one call beyond it is worth a 429; inf where it never is. The first call of
        this window was at `began_s`."""
        if self.calls >= self._most:
            return math.inf
        if self.in_vain >= IN_VAIN:
            return max(self.since_s + 3 * self.window_s - now_s, 0.0)
        if self.calls < SMALL_SHARE * self._most:
            return 0.0
        due_s = self.since_s + self.window_s
        if self.window_s >= WINDOW_S:
            due_s = max(due_s, began_s + OTHERS_FIRST_S)
        return max(due_s - now_s, 0.0)

    def grown(self) -> Allowance:
        """A call beyond it was accepted."""
        calls = self.calls + 1
        return replace(self, calls=calls, shared=calls < self._most, in_vain=0)

    def refused(self, accepted: int, now_s: float, wait_s: float) -> Allowance:
        """The same after another 429, which asked for `wait_s`, and so many accepted calls."""
        again = replace(self, since_s=now_s, shared=True, in_vain=self.in_vain + 1)
        if accepted == 0 and self.calls == 1:
            longest_s = LONGEST_WINDOW_S if wait_s > WINDOW_S else max(self.window_s, WINDOW_S)
            return replace(again, window_s=min(self.window_s * LONGER, longest_s))
        kept = min(accepted, self.calls) if self.shared else accepted // 2
        return replace(again, calls=max(kept, 1))


def learn(
    ends_s: Sequence[float], refused_s: float, wait_s: float, before: Allowance | None
) -> Allowance | None:
    """The allowance after a 429 that asked for `wait_s`; None where nothing is known.

    `ends_s` are the end times of accepted calls. Whoever was refused before any was accepted knows
    that others have all of the limit.
    """
    if before is not None:
        accepted = sum(end_s > refused_s - before.window_s for end_s in ends_s)
        return before.refused(accepted, refused_s, wait_s)
    span_s = WINDOW_S if wait_s <= WINDOW_S else LONGEST_WINDOW_S
    passed = [end_s for end_s in ends_s if end_s > refused_s - span_s]
    if not passed:
        return Allowance(1, WINDOW_S, refused_s, shared=True) if wait_s <= WINDOW_S else None
    window_s = _window_s(passed, refused_s, wait_s)
    is_shared = len(passed) < CALLS and wait_s <= WINDOW_S
    return Allowance(len(passed), window_s, refused_s, is_shared)


def _window_s(passed: Sequence[float], refused_s: float, wait_s: float) -> float:
    """The server accepts a call again when the first of them leaves its window, which gives its
    length; but the first may have been another process's."""
    explained_s = max(refused_s + wait_s - passed[0] + MARGIN_S, MARGIN_S)
    if wait_s > WINDOW_S:
        return min(explained_s, LONGEST_WINDOW_S)
    is_faster = len(passed) / explained_s > CALLS / WINDOW_S
    return WINDOW_S if is_faster or len(passed) >= CALLS else min(explained_s, WINDOW_S)
