"""A delivery is the cloud's own: the same request as the emulator's, and the receivers take it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
from dtintegrations import data_connector

from dcsync import cloud as api
from dcsync import emulator
from dcsync.cloud.arrival import arrival_of
from dcsync.cloud.clock import Clock
from dcsync.cloud.http.network import NetworkSettings
from dcsync.deliver import Delivery, HttpPoster, Target, target_of
from dcsync.deliver.signature import sign
from dcsync.errors import ConfigurationError
from dcsync.model import AwsSqsConfig, Config, Connector, HttpPushConfig, Secret
from dcsync.watch.devices import WatchedDevice, device_of
from tests.emulator.conftest import Endpoint, listening

PROJECT = "c0md3pm0p7bet3vico8g"
SECRET = "a secret of at least 32 bytes, or PyJWT warns"


def connector(config: Config) -> Connector:
    return Connector(PROJECT, "", "Ingest", config.type, "ACTIVE", (), ("name", "floor"), config)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with listening() as receiver:
        yield receiver


@pytest.fixture(params=["direct", "proxied"])
def post(request: pytest.FixtureRequest) -> Iterator[Callable[[Delivery, Target], Any]]:
    """Makes one attempt of a delivery, on both ways that there are to an endpoint."""
    with ExitStack() as made:

        def post(delivery: Delivery, target: Target) -> Any:
            own = urlsplit(target.revealed_url)._replace(path="", query="").geturl()
            network = NetworkSettings({"http": own} if request.param == "proxied" else {})
            poster = HttpPoster({delivery.address: target}, network, Clock(), connections=1)
            made.callback(poster.close)
            return poster(delivery)

        yield post


def test_the_request_is_the_one_that_the_cloud_makes(
    endpoint: Endpoint, post: Callable[[Delivery, Target], Any]
) -> None:
    """Same body byte for byte, same headers but for the asymmetric signature and the sender."""
    config = HttpPushConfig(endpoint.url, Secret(SECRET), {"X-Env": Secret("prod")})
    with emulator.running(rate_limit=None) as cloud:
        cloud.add_project("Head office", PROJECT)
        device_id = cloud.add_device(PROJECT, "temperature", {"name": "Frïdge", "room": "99"})
        raw_config = {"url": endpoint.url, "signatureSecret": SECRET, "headers": {"X-Env": "prod"}}
        cloud.add_connector(
            PROJECT,
            {"type": "HTTP_PUSH", "labels": ["name", "floor"], "httpConfig": raw_config},
        )
        event = cloud.publish(PROJECT, device_id, "temperature", {"value": 4.5})
        assert cloud.wait_for_deliveries()
        with api.connect(cloud.environ) as client:
            device = device_of(api.Reader(client).list_devices(PROJECT)[0])

    delivery = Delivery("hq/ingest", PROJECT, device, arrival_of(event), ("name", "floor"))
    assert post(delivery, target_of(connector(config))).is_taken

    (theirs, their_body), (ours, our_body) = endpoint.received
    assert our_body == their_body
    assert own_headers(ours) == own_headers(theirs)
    assert claims_of(ours, our_body).keys() == claims_of(theirs, their_body).keys()
    for name in ("checksum", "checksum_sha256"):
        assert len(claims_of(ours, our_body)[name]) == len(claims_of(theirs, their_body)[name])


def own_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that a connector's configuration decides."""
    return {name: headers[name] for name in ("Content-Type", "X-Env")}


def claims_of(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """The claims of the signature, which the official receiver library has checked."""
    push = data_connector.HttpPush(dict(headers), body, SECRET)
    assert push.labels == {"name": "Frïdge"}
    assert push.event.event_type == "temperature"
    claims: dict[str, Any] = jwt.decode(
        headers["X-Dt-Signature"], options={"verify_signature": False}
    )
    return claims


@pytest.mark.parametrize("secret", [SECRET, "ä" * 16, "\x00" * 64, "long" * 500])
def test_a_signature_is_what_pyjwt_reads(secret: str) -> None:
    """Whatever the secret's characters and length: header, claims and code are right."""
    token = sign(b"{}", secret, 1_700_000_000.9)

    claims = jwt.decode(token, secret, ["HS256"], options={"verify_exp": False})
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}
    assert "=" not in token
    assert claims == {
        "checksum": "bf21a9e8fbc5a3846fb05b4fa0859e0917b2202f",
        "checksum_sha256": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        "iat": 1_700_000_000,
        "exp": 1_700_003_600,
        "jti": claims["jti"],
    }
    assert len(claims["jti"]) == 20


def test_the_event_is_passed_on_byte_for_byte(
    endpoint: Endpoint, post: Callable[[Delivery, Target], Any]
) -> None:
    """Numbers keep their form, unknown keys and odd characters their place."""
    event = {"eventId": "e", "data": {"x": 1e400, "y": 10**30}, "z": "\ud800\u2028</script>"}
    arrival = arrival_of(event)

    delivery = Delivery(
        "a/b", PROJECT, WatchedDevice("d", "touch", {"k": "\udcff"}), arrival, ("k",)
    )
    assert post(delivery, Target(endpoint.url)).is_taken

    [(_, body)] = endpoint.received
    assert body.startswith(b'{"event":' + arrival.text + b',"labels":{"k":"\\udcff"},')


def test_configured_headers_win(
    endpoint: Endpoint, post: Callable[[Delivery, Target], Any]
) -> None:
    """A connector's own Content-Type replaces the usual one; without a secret nothing is signed."""
    target = Target(endpoint.url, {"content-TYPE": Secret("application/cloudevents+json")})

    post(Delivery("a/b", PROJECT, WatchedDevice("d"), arrival_of({})), target)

    [(headers, _)] = endpoint.received
    assert [value for name, value in headers.items() if name.lower() == "content-type"] == [
        "application/cloudevents+json"
    ]
    assert "X-Dt-Signature" not in headers


@pytest.mark.parametrize("status", [302, 400, 404, 500])
def test_anything_but_2xx_is_not_taken(
    status: int, endpoint: Endpoint, post: Callable[[Delivery, Target], Any]
) -> None:
    """A redirect is not followed: that is what is inferred of the cloud."""
    endpoint.statuses = [status]

    result = post(
        Delivery("a/b", PROJECT, WatchedDevice("d"), arrival_of({})), Target(endpoint.url)
    )

    assert (result.status, result.is_taken) == (status, False)
    assert len(endpoint.received) == 1


def test_an_endpoint_that_is_not_there(post: Callable[[Delivery, Target], Any]) -> None:
    """It is a status of 0 with the reason, which names neither the query nor a header."""
    target = Target("http://127.0.0.1:9/dt?token=abc123", {"X-Key": Secret("hush")})

    result = post(Delivery("a/b", PROJECT, WatchedDevice("d"), arrival_of({})), target)

    assert result.status == 0
    assert "127.0.0.1" in result.problem
    assert "abc123" not in result.problem
    assert "hush" not in repr(target)


@pytest.mark.parametrize(
    ("url", "allow_http", "fault"),
    [
        ("http://staging.example.com/dt", False, "https"),
        ("ftp://staging.example.com/dt", True, "https"),
        ("https://user:pw@staging.example.com/dt", False, "user part"),
        ("staging.example.com", True, "https"),
        ("http://127.0.0.1.example.com/dt", False, "https"),
    ],
)
def test_urls_that_events_are_not_sent_to(url: str, allow_http: bool, fault: str) -> None:
    """Plain http is for this machine, unless it is allowed; the message hides a user part."""
    with pytest.raises(ConfigurationError, match=fault) as caught:
        target_of(connector(HttpPushConfig("https://example.com")), url, allow_http=allow_http)

    assert "pw" not in str(caught.value)


def test_http_is_allowed_on_request() -> None:
    """`--allow-http` is for a staging endpoint without a certificate."""
    config = HttpPushConfig("https://example.com", Secret(SECRET), {})

    target = target_of(connector(config), "http://staging.example.com/dt", allow_http=True)

    assert target.shown == "http://staging.example.com/dt"
    assert target.secret == SECRET


def test_another_type_needs_an_endpoint() -> None:
    """A queue cannot be posted to: the message names both ways on."""
    queue = connector(AwsSqsConfig("https://sqs.example.com/q", "arn:aws:iam::1:role/r", "a"))

    with pytest.raises(ConfigurationError, match=r"--to URL.*watch --since TIME --format json"):
        target_of(queue)

    assert target_of(queue, "https://example.com/dt").secret == ""


def test_a_secret_that_is_not_known_is_an_error() -> None:
    """A delivery without its signature is no delivery; the message shows the reference."""
    config = HttpPushConfig("https://example.com", Secret(None, "${env:DT_SIGNATURE_SECRET}"))

    with pytest.raises(
        ConfigurationError, match=r"signature secret.*\$\{env:DT_SIGNATURE_SECRET\}"
    ):
        target_of(connector(config))
