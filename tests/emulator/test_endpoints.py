"""Endpoints on real TLS sockets, a clock that is off, permissions that are not told."""

from __future__ import annotations

import json
import ssl
from contextlib import closing
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from dcsync import emulator


def call(
    method: str, url: str, body: object = None, context: ssl.SSLContext | None = None
) -> tuple[int, str, bytes]:
    """The status, the Date header and the body of the response."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    connection = (
        HTTPSConnection(host, port, timeout=5, context=context)
        if context
        else HTTPConnection(host, port, timeout=5)
    )
    with closing(connection):
        connection.request(method, parts.path, json.dumps(body))
        response = connection.getresponse()
        return response.status, response.getheader("Date", ""), response.read()


def test_an_endpoint_takes_pushes_with_a_certificate_of_the_emulators_ca(
    cloud: emulator.Emulator,
) -> None:
    """It is made over the control calls, too."""
    wanted = {"certificate": "valid", "status": 204}
    *_, made = call("POST", f"{cloud.control_url}/add_endpoint", wanted)
    endpoint = json.loads(made)["result"]
    trusting = ssl.create_default_context(cafile=endpoint["ca_file"])

    status, *_ = call("POST", endpoint["url"], {"event": 1}, trusting)

    assert status == 204


@pytest.mark.parametrize(
    ("kind", "code"), [("expired", 10), ("self_signed", 18), ("other_host", 62), ("other_ca", 20)]
)
def test_a_bad_certificate_is_refused_for_its_own_reason(
    cloud: emulator.Emulator, kind: Any, code: int
) -> None:
    """As OpenSSL numbers them; nothing is received."""
    endpoint = cloud.add_endpoint(kind)
    trusting = ssl.create_default_context(cafile=endpoint.ca_file)

    with pytest.raises(ssl.SSLCertVerificationError) as caught:
        call("POST", endpoint.url, {}, trusting)

    assert caught.value.verify_code == code
    assert endpoint.received == []


def test_the_date_header_follows_the_clock_of_the_switch(cloud: emulator.Emulator) -> None:
    """`clock_skew_s` is how far it is ahead."""
    _, before, _ = call("GET", f"{cloud.api_url}/projects")
    cloud.switch(clock_skew_s=3600)
    _, after, _ = call("GET", f"{cloud.api_url}/projects")

    apart = parsedate_to_datetime(after) - parsedate_to_datetime(before)
    assert 3600 <= apart.total_seconds() <= 3660
