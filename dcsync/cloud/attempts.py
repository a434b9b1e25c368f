"""When a call is retried, and after how long.

A refused call (429, no connection) had no effect and may always be retried. After a lost response
or a server error only idempotent calls are; a create never is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from dcsync.cloud.clock import Clock
from dcsync.cloud.pace import OnWait, Pace
from dcsync.cloud.request import Request
from dcsync.dataclass import dataclass
from dcsync.errors import ConnectionFailed, ResponseLost, ServerError, TooManyRequests

Sent = TypeVar("Sent")

LONGEST_BACKOFF_S = 20.0
LONGEST_WAIT_S = 60.0
"""Upper bound for Retry-After, so that a server cannot make us wait for hours."""
REFUSAL_WAIT_S = 5.0
"""The wait after a 429 without Retry-After: the window of DT's rate limit (section 3.2)."""
GATEWAY_TIMEOUT_WAIT_S = 10.0
"""The API asks for at least this after a 504 (section 3.2)."""
NOT_IMPLEMENTED = 501


@dataclass(frozen=True, slots=True)
class Attempts:
    """Retries calls; each is sent at most `limit` times."""

    limit: int
    pace: Pace
    clock: Clock
    on_wait: OnWait

    def run(self, request: Request, send: Callable[[], Sent]) -> Sent:
        """Call `send`, again where the request allows it; raises the last error."""
        failures = refusals = 0
        while True:
            try:
                with self.pace.turn():
                    outcome = send()
            except TooManyRequests as error:
                refusals += 1
                if not self.pace.hold(_refusal_wait_s(error, refusals), "rate limited"):
                    raise
            except ConnectionFailed as error:
                failures += 1
                if failures >= self.limit or self.pace.unreachable:
                    self.pace.unreachable = True
                    raise
                self.back_off(failures, error)
            except (ResponseLost, ServerError) as error:
                failures += 1
                if failures >= self.limit or not may_repeat(request, error):
                    raise
                self.back_off(failures, error)
            else:
                self.pace.passed()
                return outcome

    def back_off(self, failures: int, error: Exception) -> None:
        """Wait, and report it, after the `failures`-th failure in a row."""
        seconds = _failure_wait_s(error, failures, self.clock.random())
        self.on_wait(seconds, str(error))
        self.clock.sleep(seconds)


def may_repeat(request: Request, error: ResponseLost | ServerError) -> bool:
    """Whether the call may be retried although the server may have acted on it."""
    final = isinstance(error, ServerError) and error.status == NOT_IMPLEMENTED
    return request.may_repeat and not final


def backoff_s(times: int, chance: float) -> float:
    """Seconds to wait after the `times`-th failure in a row: from 1 s, doubled, with jitter."""
    return min(2.0 ** (times - 1) * (1 + chance / 2), LONGEST_BACKOFF_S)


def _refusal_wait_s(error: TooManyRequests, refusals: int) -> float:
    """The wait that the server asks for, but never zero."""
    asked_s = REFUSAL_WAIT_S if error.retry_after_s is None else error.retry_after_s
    return min(max(asked_s, 0.25 * refusals), LONGEST_WAIT_S)


def _failure_wait_s(error: Exception, failures: int, chance: float) -> float:
    wait_s = backoff_s(failures, chance)
    match error:
        case ServerError(retry_after_s=float() as asked_s):
            return max(wait_s, asked_s)
        case ServerError(status=504):
            return GATEWAY_TIMEOUT_WAIT_S + wait_s
        case ConnectionFailed():
            return wait_s / 2
        case _:
            return wait_s
