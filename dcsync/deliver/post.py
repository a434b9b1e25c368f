"""One attempt of one delivery: what the endpoint responded, and how long it took."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dcsync.cloud.clock import Clock
from dcsync.cloud.http.message import Message
from dcsync.cloud.http.network import NetworkSettings
from dcsync.cloud.http.posting import Channel, channel_to
from dcsync.cloud.messages.error_responses import retry_after_s_of
from dcsync.dataclass import dataclass
from dcsync.deliver.delivery import Delivery
from dcsync.deliver.target import Target
from dcsync.errors import CloudError
from dcsync.model import Secret

TIMEOUT_S = 10.0
"""As long as the cloud asks receivers to need at most (section 9.3)."""
_BUSY = frozenset({429, 503})
"""Statuses whose Retry-After is a wish for less, not the end of a job."""


@dataclass(frozen=True, slots=True)
class Post:
    """The result of an attempt: the endpoint's status, or 0 and why there was none."""

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


class HttpPoster:
    """Posts deliveries to the target of their connector; safe to share between threads."""

    def __init__(
        self,
        targets: Mapping[str, Target],
        network: NetworkSettings,
        clock: Clock,
        *,
        connections: int,
    ) -> None:
        """`targets` are by the connector's address. ConfigurationError where one cannot be."""

        def channel(target: Target) -> Channel:
            return channel_to(
                Message(
                    f"POST {target.shown}",
                    "POST",
                    target.revealed_url,
                    target.fixed_headers,
                    place="its host" if isinstance(target.url, Secret) else "",
                ),
                network,
                connections=connections,
                timeout_s=TIMEOUT_S,
                now_s=clock.now_s,
            )

        self._clock = clock
        self._ways = {address: (each, channel(each)) for address, each in targets.items()}

    def __call__(self, delivery: Delivery) -> Post:
        """One attempt, signed now."""
        target, channel = self._ways[delivery.address]
        body = delivery.body
        headers = target.signature_of(body, self._clock.unix_s())
        began_s = self._clock.now_s()
        try:
            response = channel.post(body, headers)
        except CloudError as error:
            return Post(0, self._clock.now_s() - began_s, str(error))
        asked_s = (
            retry_after_s_of(response.headers.get("retry-after"), self._clock.unix_s())
            if response.status in _BUSY
            else None
        )
        return Post(response.status, self._clock.now_s() - began_s, retry_after_s=asked_s)

    def close(self) -> None:
        """Let the kept connections go; what is in flight ends by itself."""
        for _, channel in self._ways.values():
            channel.close()
