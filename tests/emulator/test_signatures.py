"""Deliveries checked by a receiver that knows nothing but PyJWT and section 9.2 of the facts."""

from __future__ import annotations

import datetime
import hashlib
import ipaddress
import ssl
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests

from dcsync import emulator
from tests.emulator.conftest import PROJECT, Endpoint

SECRET = "a secret of more than thirty-two characters"


@pytest.fixture
def device(cloud: emulator.Emulator, project: str) -> str:
    return cloud.add_device(project, "touch")


def check_symmetric(headers: Mapping[str, str], body: bytes, secret: str) -> dict[str, Any]:
    """The claims of X-Dt-Signature, once the signature and both checksums fit."""
    claims: dict[str, Any] = jwt.decode(headers["X-Dt-Signature"], secret, algorithms=["HS256"])
    assert claims["checksum"] == hashlib.sha1(body, usedforsecurity=False).hexdigest()
    assert claims["checksum_sha256"] == hashlib.sha256(body).hexdigest()
    return claims


def check_asymmetric(headers: Mapping[str, str], body: bytes, issuer: str) -> dict[str, Any]:
    """The claims of DT-Asymmetric-Signature, with the key found by discovery."""
    token = headers["DT-Asymmetric-Signature"]
    discovery = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=10).json()
    keys = jwt.PyJWKSet.from_dict(requests.get(discovery["jwks_uri"], timeout=10).json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    algorithms = discovery["id_token_signing_alg_values_supported"]
    claims: dict[str, Any] = jwt.decode(token, key, algorithms, issuer=discovery["issuer"])
    assert claims["checksum_sha256"] == hashlib.sha256(body).hexdigest()
    return claims


def connect(cloud: emulator.Emulator, url: str, secret: str = SECRET) -> None:
    config = {"url": url, "signatureSecret": secret}
    cloud.add_connector(PROJECT, {"type": "HTTP_PUSH", "httpConfig": config})


def test_receiver_accepts(cloud: emulator.Emulator, device: str, endpoint: Endpoint) -> None:
    """Both signatures verify, with the claims and lifetimes of the real service."""
    connect(cloud, endpoint.url)
    cloud.publish(PROJECT, device, "touch")
    assert cloud.wait_for_deliveries()
    [(headers, body)] = endpoint.received

    symmetric = check_symmetric(headers, body, SECRET)
    asymmetric = check_asymmetric(headers, body, cloud.issuer)

    organization = cloud.project(PROJECT)["organization"].removeprefix("organizations/")
    assert jwt.get_unverified_header(headers["X-Dt-Signature"]) == {"alg": "HS256", "typ": "JWT"}
    assert sorted(symmetric) == ["checksum", "checksum_sha256", "exp", "iat", "jti"]
    assert symmetric["exp"] - symmetric["iat"] == 3600
    assert sorted(asymmetric) == ["checksum_sha256", "exp", "iat", "iss", "sub"]
    assert asymmetric["exp"] - asymmetric["iat"] == 300
    assert asymmetric["sub"] == organization


def test_receiver_refuses_another_secret(
    cloud: emulator.Emulator, device: str, endpoint: Endpoint
) -> None:
    """A receiver with another secret does not take the delivery for genuine."""
    connect(cloud, endpoint.url, "another secret of more than 32 characters")
    cloud.publish(PROJECT, device, "touch")
    assert cloud.wait_for_deliveries()
    [(headers, body)] = endpoint.received

    with pytest.raises(jwt.InvalidSignatureError):
        check_symmetric(headers, body, SECRET)


def test_no_secret_no_symmetric_signature(
    cloud: emulator.Emulator, device: str, endpoint: Endpoint
) -> None:
    """Without a secret there is the asymmetric signature only."""
    connect(cloud, endpoint.url, "")
    cloud.publish(PROJECT, device, "touch")
    assert cloud.wait_for_deliveries()
    [(headers, body)] = endpoint.received

    assert "X-Dt-Signature" not in headers
    assert check_asymmetric(headers, body, cloud.issuer)


def test_keys_rotate(cloud: emulator.Emulator, device: str, endpoint: Endpoint) -> None:
    """After a rotation the new key signs, and both are published."""
    connect(cloud, endpoint.url)
    cloud.publish(PROJECT, device, "touch")
    cloud.wait_for_deliveries()
    key_id = cloud.rotate_signing_key()
    cloud.publish(PROJECT, device, "touch")
    cloud.wait_for_deliveries()

    kids = [
        jwt.get_unverified_header(headers["DT-Asymmetric-Signature"])["kid"]
        for headers, _ in endpoint.received
    ]

    assert kids[1] == key_id != kids[0]
    for headers, body in endpoint.received:
        assert check_asymmetric(headers, body, cloud.issuer)


def test_issuer_and_lifetime_switches(
    cloud: emulator.Emulator, device: str, endpoint: Endpoint
) -> None:
    """Receivers with a fixed issuer can be served, and tokens can live shorter."""
    issuer = "https://identity.disruptive-technologies.com/data-connector"
    cloud.switch(issuer=issuer, asymmetric_lifetime_s=60)
    connect(cloud, endpoint.url)
    cloud.publish(PROJECT, device, "touch")
    cloud.wait_for_deliveries()
    [(headers, body)] = endpoint.received

    claims = check_asymmetric(headers, body, f"{cloud.base_url}/data-connector")

    assert claims["iss"] == issuer
    assert claims["exp"] - claims["iat"] == 60


@pytest.mark.parametrize(("resign", "moved"), [(True, 1), (False, 0)])
def test_retries_are_signed_anew_or_not(
    clock: emulator.ManualClock, endpoint: Endpoint, resign: bool, moved: int
) -> None:
    """By a switch, a retry carries fresh times or those of the first try."""
    with emulator.running(clock=clock, resign_retries=resign) as cloud:
        project = cloud.add_project("Head office", PROJECT)
        connect(cloud, endpoint.url)
        endpoint.statuses = [500]
        cloud.publish(project, cloud.add_device(project, "touch"), "touch")
        cloud.wait_for_deliveries()
        clock.advance(1)
        cloud.wait_for_deliveries()

    first, second = (
        jwt.decode(headers["X-Dt-Signature"], options={"verify_signature": False})["iat"]
        for headers, _ in endpoint.received
    )
    assert second - first == moved


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate that 127.0.0.1 signed for itself, with its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    host = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(host, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "endpoint.pem"
    path.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture
def secure_url(certificate: Path) -> Iterator[str]:
    """An endpoint behind TLS."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # refusals are expected
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}/dt"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("trusted", [True, False])
def test_tls_is_verified(
    cloud: emulator.Emulator, device: str, secure_url: str, certificate: Path, trusted: bool
) -> None:
    """A certificate that nobody vouches for is refused; a switch names one to trust."""
    cloud.switch(delivery_ca_file=str(certificate) if trusted else None)
    connect(cloud, secure_url)
    cloud.publish(PROJECT, device, "touch")
    assert cloud.wait_for_deliveries()

    attempt = cloud.delivery_attempts[0]

    assert (attempt.status, attempt.problem) == (
        (200, "") if trusted else (0, "SSLCertVerificationError")
    )
