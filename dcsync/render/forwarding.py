"""Formats deliveries of `watch --forward-to`: one line per attempt, and a summary. Strings only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dcsync.dataclass import dataclass
from dcsync.deliver import Post, Report
from dcsync.render.events import EventLines
from dcsync.render.watching import duration_text
from dcsync.render.words import Visible, counted, json_line, visible


@dataclass(frozen=True, slots=True)
class Undelivered:
    """What one connector's endpoint did not accept: how many, and the time of the oldest."""

    count: int
    oldest: str


def attempt_text(report: Report, lines: EventLines, key: str) -> Visible:
    """The event's line in the format of `watch`, with the result of its delivery."""
    delivery = report.delivery
    labels = {
        name: text
        for name, text in delivery.device.labels.items()
        if name in delivery.label_keys and name != "name"
    }
    mark = f"[{delivery.address}: {post_text(report.post)}{_again(report)}]"
    return lines.line(delivery.arrival.event, key, delivery.device.name, labels, mark)


def attempt_json(report: Report, url: str) -> Visible:
    """The event as received, with the result of its delivery."""
    return json_line(
        {
            **report.delivery.arrival.event,
            "delivery": {
                "address": report.delivery.address,
                "url": url,
                "attempt": report.attempt,
                "status": report.post.status or None,
                "seconds": round(report.post.seconds, 6),
                "problem": report.post.problem or None,
                "retry_in_seconds": report.retry_in_s,
            },
        }
    )


def post_text(post: Post) -> str:
    """`200 in 12 ms`; without a status, why there was none."""
    took = f"{post.seconds * 1000:.0f} ms" if post.seconds < 1 else f"{post.seconds:.1f} s"
    return f"{post.status} in {took}" if post.status else f"{post.problem or 'no response'}"


def summary(delivered: int, failures: int, undelivered: int) -> Visible:
    return visible(
        f"delivered {delivered}, failed attempts {failures}, not delivered {undelivered}"
    )


def undelivered_lines(undelivered: Mapping[str, Undelivered]) -> Iterator[Visible]:
    """One line per connector, with the command to deliver the events later."""
    for address, left in sorted(undelivered.items()):
        way = f"'dcsync backfill {address} --since {left.oldest} --to URL'"
        yield visible(
            f"incomplete: {address}: {counted(left.count, 'event')} not delivered, the oldest of "
            f"{left.oldest}: see {way}"
        )


def _again(report: Report) -> str:
    return "" if report.retry_in_s is None else f", retrying in {duration_text(report.retry_in_s)}"
