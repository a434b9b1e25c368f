"""What others own is put into a config that is sent whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dcsync.apply.unmanaged_fields import merge_unmanaged_fields, others_own
from dcsync.model import (
    AzureAuthentication,
    AzureServiceBusConfig,
    BrokerProperties,
    Config,
    Declared,
    HttpPushConfig,
    field_path,
)
from tests.apply.conftest import declared

URL = "https://a.example.com/dt"


def with_config(config: Config, *ignored: str) -> Declared:
    """A declaration with this config that leaves some of it to others."""
    base = declared("a")
    connector = replace(base.connector, config=config, type=config.type)
    return replace(base, connector=connector, ignore_changes=tuple(map(field_path, ignored)))


def http(secret: str | None = None, headers: dict[str, Any] | None = None) -> HttpPushConfig:
    return HttpPushConfig(URL, secret, headers)


def bus(tenant: str | None, correlation: str | None = None) -> AzureServiceBusConfig:
    authentication = None if tenant is None else AzureAuthentication(tenant, "client")
    return AzureServiceBusConfig(
        "sb://a.example.com/q", authentication, BrokerProperties(correlation)
    )


@pytest.mark.parametrize(
    ("wanted", "live", "expected"),
    [
        (with_config(http("")), http("", {}), False),
        (with_config(http("s")), http("other", {"X-Env": "x"}), False),
        (with_config(http()), http(""), False),
        (with_config(http()), http("theirs"), True),
        (with_config(http(""), "config.headers.X-Trace"), http("", {}), True),
        (with_config(http(""), "labels"), http("", {"X-Env": "x"}), False),
        (with_config(http("")), None, False),
    ],
)
def test_a_read_before_the_write_is_needed_only_where_others_may_own_something(
    wanted: Declared, live: Config | None, expected: bool
) -> None:
    """Anything else would cost a call for nothing."""
    assert others_own(wanted, live) is expected


@pytest.mark.parametrize(
    ("wanted", "live", "expected"),
    [
        (with_config(http()), http("theirs"), http("theirs")),
        (
            with_config(http("", {"X-Env": "x"}), "config.headers.X-Trace"),
            http("", {"x-trace": "1", "X-Env": "old"}),
            http("", {"X-Env": "x", "x-trace": "1"}),
        ),
        (
            with_config(http(""), "config.headers.X-Trace"),
            http("", {"X-Trace": "1", "X-Other": "2"}),
            http("", {"X-Trace": "1"}),
        ),
        (
            with_config(http("", {"X-Trace": "declared", "X-Env": "x"}), "config.headers.X-Trace"),
            http("", {"X-Env": "x"}),
            http("", {"X-Env": "x"}),
        ),
        (
            with_config(http("", {"X-Trace": "declared"}), "config.headers"),
            http("", {"x-TRACE": "2"}),
            http("", {"x-TRACE": "2"}),
        ),
        (
            with_config(bus("ours"), "config.authentication_config.tenant_id"),
            bus("theirs"),
            bus("theirs"),
        ),
        (
            with_config(bus(None), "config.authentication_config"),
            bus("theirs"),
            bus("theirs"),
        ),
        (
            with_config(bus("ours", "1"), "config.broker_properties.correlation_id"),
            bus("old", None),
            bus("ours", None),
        ),
        (
            with_config(http("s", {"X-Env": "x"})),
            http("t", {"X-Env": "y"}),
            http("s", {"X-Env": "x"}),
        ),
    ],
)
def test_what_others_own_is_sent_as_it_is_and_all_else_as_declared(
    wanted: Declared, live: Config, expected: Config
) -> None:
    """Absence included: what somebody removed stays removed."""
    assert merge_unmanaged_fields(wanted, live) == expected
