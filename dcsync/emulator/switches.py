"""All settings of the emulated cloud with defaults: limits, times, and unknown behaviour.

Public sources contradict each other, or are silent, about what is called unknown here. A client
that works with either setting works with the real API.
"""

from __future__ import annotations

from contextlib import suppress
from difflib import get_close_matches
from functools import cache
from math import inf
from typing import Any, Literal, get_args, get_origin, get_type_hints

from dcsync.dataclass import dataclass, replace

_BOUNDS = {
    "max_page_size": (1, inf),
    "max_events_page_size": (1, inf),
    "default_page_size": (1, inf),
    "history_limit": (1, inf),
    "delivery_concurrency": (1, inf),
    "rate_window_s": (0.001, inf),
    "time_scale": (0.001, inf),
    "heartbeat_s": (0.001, inf),
    "backfill_after": (1, inf),
    "delivery_timeout_s": (0.001, inf),
    "backoff_factor": (1, 1000),
    "quota_status": (400, 599),
    "basic_disabled_status": (400, 599),
    "permissions_status": (200, 599),
    "clock_skew_s": (-inf, inf),
}
"""The bounds of numbers other than 0 or more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """The behaviour of this cloud; durations in seconds. `docs/emulator.md` explains each."""

    # Known limits
    rate_limit: int | None = 25
    rate_window_s: float = 5.0
    quota: int | None = 10
    max_page_size: int = 100
    max_events_page_size: int = 1000
    token_lifetime_s: float = 3600.0
    streams_per_account: int | None = None
    history_days: float = 31.0
    history_limit: int = 5000
    past_s: float = 0.0
    max_labels: int | None = None

    # Responses
    latency_s: float = 0.0
    propagation_s: float = 0.0
    token_error_body: Literal["oauth", "api"] = "oauth"  # noqa: S105 - no password
    basic_disabled_status: int = 401
    permissions_status: int = 200
    clock_skew_s: float = 0.0
    write_answers: Literal["json", "created", "no_content"] = "json"
    list_order: Literal["created", "newest", "shuffled"] = "created"
    shuffle_seed: int = 0
    null_foreign_configs: bool = False
    retry_after: Literal["seconds", "date", "none"] = "seconds"
    rate_limit_emulator_api: bool = True
    rate_scope: Literal["account", "project", "server"] = "account"
    new_device_reported: Literal["nulls", "missing"] = "nulls"
    invalid_page_token: Literal["reject", "ignore"] = "reject"  # noqa: S105 - no password
    oversized_page: Literal["clamp", "reject"] = "clamp"
    default_page_size: int | None = None
    page_token_lifetime_s: float | None = None
    history_end: Literal["inclusive", "exclusive"] = "inclusive"
    history_too_old: Literal["clamp", "reject"] = "clamp"
    publish_time: Literal["given", "now"] = "given"
    event_id_time: Literal["arrival", "event"] = "arrival"
    reported_is: Literal["newest", "last"] = "newest"

    # Devices that were out of reach
    heartbeat_s: float = 900.0
    backfill_after: int = 2
    backfill_pause_s: float = 1.0

    # Data Connectors
    wildcard_connectors: bool = False
    default_status: Literal["ACTIVE", "USER_DISABLED"] = "ACTIVE"
    metrics_permission: Literal["read", "update"] = "read"
    sync_permission: Literal["update", "read"] = "update"
    default_labels: tuple[str, ...] = ()
    longest_text: int | None = None
    refused_headers: tuple[str, ...] = ()
    unknown_fields: Literal["ignore", "reject"] = "ignore"
    unknown_event_types: Literal["reject", "accept"] = "reject"
    require_cloud_config: bool = False
    foreign_config: Literal["reject", "ignore"] = "reject"
    update_mask: Literal["apply", "ignore"] = "apply"
    config_patch: Literal["merge", "replace"] = "merge"
    headers_patch: Literal["replace", "merge"] = "replace"
    type_change: Literal["reject", "ignore"] = "reject"
    empty_patch: Literal["accept", "reject"] = "accept"
    system_disabled_by_client: Literal["reject", "ignore"] = "reject"
    second_delete: Literal["not_found", "ok"] = "not_found"
    quota_status: int = 400
    sync_disabled: Literal["ignore", "reject", "deliver"] = "ignore"
    sync_event_filter: bool = True
    sync_event_ids: Literal["same", "new"] = "same"

    # Streams
    stream_label_filters: Literal["or", "and"] = "or"
    list_label_filters: Literal["and", "or"] = "and"
    ping_passes_filter: bool = True
    default_ping_interval_s: float | None = None
    shortest_ping_s: float = 0.0
    stream_content_type: str = "application/json"
    stream_chunked: bool = True
    stream_max_s: float | None = None
    stream_error_codes: Literal["grpc", "http"] = "grpc"
    rate_limit_streams: bool = True

    # Deliveries
    delivery_timeout_s: float = 10.0
    delivery_retention_s: float = 12 * 3600.0
    delivery_concurrency: int = 4
    backoff_first_s: float = 1.0
    backoff_factor: float = 2.0
    backoff_max_s: float = 600.0
    backoff_jitter: float = 0.0
    heed_retry_after: bool = False
    follow_redirects: bool = False
    auto_disable_s: float = 5 * 24 * 3600.0
    metrics_window_s: float = 3 * 3600.0
    time_scale: float = 1.0
    resign_retries: bool = True
    deliver_outside: bool = False
    cloud_type_deliveries: Literal["succeed", "fail", "none"] = "succeed"
    delivery_content_type: str = "application/json"
    delivery_user_agent: str = ""
    delivery_ca_file: str | None = None
    asymmetric_lifetime_s: float = 300.0
    duplicate_deliveries: float = 0.0
    issuer: str | None = None

    def scaled(self, seconds: float) -> float:
        """A delivery delay in real seconds: with `time_scale` 1000, 5 days take 7 minutes."""
        return seconds / self.time_scale

    def changed(self, changes: dict[str, Any]) -> Switches:
        """These switches with some changed; ValueError for an unknown name or invalid value."""
        kinds = _kinds()
        for name, value in changes.items():
            if name not in kinds:
                raise _unknown(name)
            if not _fits(value, kinds[name]):
                raise ValueError(f"{name}={value!r}: must be {describe(kinds[name])}")
            _check_bounds(name, value)
        values: Any = {k: tuple(v) if isinstance(v, list) else v for k, v in changes.items()}
        return replace(self, **values)


@cache
def _kinds() -> dict[str, Any]:
    """Each switch's type; cached, because this takes milliseconds."""
    return get_type_hints(Switches)


def parse_switch(text: str) -> tuple[str, Any]:
    """A switch and its value from NAME=VALUE on the command line."""
    name, _, value = text.partition("=")
    kind = _kinds().get(name)
    if kind is None:
        raise _unknown(name)
    return name, _read(value, kind)


def describe(kind: Any) -> str:
    """A description of a switch's type."""
    if get_origin(kind) is Literal:
        return " or ".join(map(str, get_args(kind)))
    if get_origin(kind) is tuple:
        return "a list of strings"
    options = get_args(kind) or (kind,)
    words = {int: "a whole number", float: "a number", bool: "true or false", str: "a string"}
    return " or ".join(words.get(option, "none") for option in options)


def _check_bounds(name: str, value: object) -> None:
    low, high = _BOUNDS.get(name, (0, inf))
    if isinstance(value, int | float) and not (low <= value <= high and value < inf):
        most = "" if high == inf else f" to {high}"
        raise ValueError(f"{name}={value!r}: must be from {low}{most}")


def _fits(value: object, kind: Any) -> bool:
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    if get_origin(kind) is tuple:
        return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
    options = get_args(kind) or (kind,)
    if isinstance(value, bool):
        return bool in options
    return isinstance(value, options) or (float in options and isinstance(value, int))


def _read(text: str, kind: Any) -> Any:
    """The parsed value; an invalid one is returned unchanged, for `_fits` to reject."""
    if get_origin(kind) is tuple:
        return tuple(filter(None, text.split(",")))
    options = get_args(kind) or (kind,)
    if type(None) in options and text == "none":
        return None
    if bool in options:
        return {"true": True, "false": False}.get(text, text)
    for number in (int, float):
        if number in options:
            with suppress(ValueError):
                return number(text)
    return text


def _unknown(name: str) -> ValueError:
    near = get_close_matches(name, _kinds(), 1)
    hint = f"did you mean {near[0]}?" if near else "docs/emulator.md lists them"
    return ValueError(f"there is no switch {name!r} ({hint})")
