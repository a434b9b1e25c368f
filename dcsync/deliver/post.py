"""One attempt of one delivery: what the endpoint answered, and how long it took."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dcsync.cloud.clock import Clock
from dcsync.cloud.error_responses import retry_after_s_of
from dcsync.cloud.transport import Message, Transport
from dcsync.deliver.delivery import Delivery
from dcsync.deliver.target import Target
from dcsync.errors import CloudError

TIMEOUT_S = 10.0
"""As long as the cloud asks receivers to need at most (section 9.3)."""
_BUSY = frozenset({429, 503})
"""Statuses whose Retry-After is a wish for less, not the end of a job."""


@dataclass(frozen=True, slots=True)
class Post:
    """What became of an attempt: the endpoint's status, or 0 and why there was none."""

    status: int
    seconds: float
    problem: str = ""
    retry_after_s: float | None = None
    """For how long the endpoint asks to be left alone; None where it does not."""

    @property
    def is_taken(self) -> bool:
        """Any 2xx; redirects are not followed, as far as is known of the cloud (section 9.3)."""
        return 200 <= self.status < 300


Poster = Callable[[Delivery], Post]


@dataclass(frozen=True, slots=True)
class HttpPoster:
    """Posts deliveries to the target of their connector; safe to share between threads."""

    transport: Transport
    targets: dict[str, Target]
    """By the connector's address."""
    clock: Clock

    def __call__(self, delivery: Delivery) -> Post:
        """One attempt, signed now."""
        target, body = self.targets[delivery.address], delivery.body
        message = Message(
            name=f"POST {target.shown}",
            method="POST",
            url=target.revealed_url,
            headers=target.headers_of(body, self.clock.unix_s()),
            data=body,
        )
        began_s = self.clock.now_s()
        try:
            answer = self.transport.send(message)
        except CloudError as error:
            return Post(0, self.clock.now_s() - began_s, str(error))
        asked_s = (
            retry_after_s_of(answer.headers.get("retry-after"), self.clock.unix_s())
            if answer.status in _BUSY
            else None
        )
        return Post(answer.status, self.clock.now_s() - began_s, retry_after_s=asked_s)
