"""Checks the endpoints of connectors: name, connection, TLS, certificate. Sends nothing above TLS.

The cloud trusts only the CAs of Mozilla's programme (docs/api.md section 9.3), so these decide,
whatever this machine trusts. For endpoints on this machine, which only an emulator delivers to, the
configured CA bundle decides.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import certifi

from dcsync.cloud.http.adapter import trust
from dcsync.cloud.http.network import NetworkSettings
from dcsync.dataclass import replace
from dcsync.doctor.api import reason_of
from dcsync.doctor.certificates import describe
from dcsync.doctor.facts import Destination
from dcsync.doctor.places import Place
from dcsync.loopback import is_loopback

_HOST_MISMATCH = (62, 64)
"""OpenSSL's codes for a certificate of another name or address."""


def look(
    place: Place, addresses: Sequence[str], network: NetworkSettings, timeout_s: float
) -> Destination:
    """Checks one endpoint, in bounded time except for the name look-up."""
    host, endpoint = place.host, Destination(place.shown, tuple(addresses))
    if not is_loopback(host) and network.proxies_to(place.url):
        return replace(
            endpoint, skipped="it is reached through a proxy, which the cloud does not use"
        )
    until_s = time.monotonic() + timeout_s
    try:
        found = socket.getaddrinfo(host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        remedy = "correct the host in config.url, or create its DNS record"
        return replace(endpoint, stage="dns", trouble=reason_of(error), remedy=remedy)
    try:
        sock = _connected(found, until_s)
    except OSError as error:
        remedy = "start the server, and open its firewall to the cloud"
        trouble = f"{reason_of(error)}, from this machine"
        return replace(endpoint, stage="connect", trouble=trouble, remedy=remedy)
    with sock:
        if place.scheme == "http":
            return endpoint
        bundle = (network.ca_bundle if is_loopback(host) else None) or certifi.where()
        return _secure(endpoint, sock, place, trust(bundle))


def _connected(found: Sequence[tuple[object, ...]], until_s: float) -> socket.socket:
    """A connection to the first address that accepts one; else the OSError of the last."""
    caught: OSError = TimeoutError()
    for family, kind, protocol, _, address in found:
        left_s = until_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        sock = socket.socket(family, kind, protocol)  # type: ignore[arg-type] # of getaddrinfo
        sock.settimeout(left_s)
        try:
            sock.connect(address)  # type: ignore[arg-type] # the same
        except OSError as error:
            sock.close()
            caught = error
        else:
            return sock
    raise caught


def _secure(
    endpoint: Destination,
    sock: socket.socket,
    place: Place,
    context: ssl.SSLContext,
) -> Destination:
    try:
        with context.wrap_socket(sock, server_hostname=place.host) as secured:
            certificate = secured.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        said = (
            "the certificate is not trusted"
            if place.hidden
            else describe((place.host, place.port), error.verify_message)
        )
        remedy = _remedy(error.verify_code)
        return replace(endpoint, stage="certificate", trouble=said, remedy=remedy)
    except (OSError, ValueError) as error:
        reason = "TLS fails" if isinstance(error, ssl.SSLError) else reason_of(error)
        remedy = "serve TLS 1.2 or later there, or raise --timeout"
        return replace(endpoint, stage="tls", trouble=reason, remedy=remedy)
    return replace(
        endpoint,
        days_left=_days_left(str(certificate.get("notAfter", ""))),
        issuer=_issuer(certificate),
    )


def _days_left(not_after: str) -> float | None:
    try:
        end_s = ssl.cert_time_to_seconds(not_after)
    except ValueError:
        return None
    return (end_s - datetime.now(UTC).timestamp()) / 86_400


def _issuer(certificate: object) -> str:
    parts = certificate.get("issuer", ()) if isinstance(certificate, dict) else ()
    names = dict(pair for group in parts for pair in group)
    return str(names.get("organizationName") or names.get("commonName") or "")


def _remedy(code: int) -> str:
    match code:
        case 10:
            return "renew its certificate"
        case 18 | 19:
            return "use a certificate of a CA in Mozilla's programme: the cloud trusts no other"
        case 20 | 21:
            return (
                "serve the chain up to a CA in Mozilla's programme, intermediate certificates "
                "included"
            )
        case _ if code in _HOST_MISMATCH:
            return "use a certificate for the host in config.url, or correct the host"
        case _:
            return "fix its certificate: the cloud does not deliver to it"
