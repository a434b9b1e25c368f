"""Describes a certificate that failed verification, by reading it without verification."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime

TIMEOUT_S = 1.0


def describe(place: tuple[str, int], refusal: str) -> str:
    """The refusal with the certificate's names, issuer and expiry, if it can be read.

    Nothing is sent on the connection, as its peer is not verified.
    """
    from cryptography import x509

    try:
        certificate = x509.load_der_x509_certificate(_shown_by(place))
        end = certificate.not_valid_after_utc
        names = _names(certificate)
        issuer = certificate.issuer.rfc4514_string()
    except (OSError, ValueError, TypeError):
        return refusal
    return f"{refusal}; it was issued for {names} by {issuer}, {_until(end)}"


def _shown_by(place: tuple[str, int]) -> bytes:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection(place, TIMEOUT_S) as sock,
        context.wrap_socket(sock, server_hostname=place[0]) as secured,
    ):
        return secured.getpeercert(binary_form=True) or b""


def _names(certificate: object) -> str:
    from cryptography import x509

    assert isinstance(certificate, x509.Certificate)  # noqa: S101 - imported late
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        found = [str(each.value) for each in names]
    except x509.ExtensionNotFound:
        found = []
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return f"{', '.join(found[:3])}{more}" if found else "no host"


def _until(end: datetime) -> str:
    days = (end - datetime.now(UTC)).days
    word = "valid until" if days >= 0 else "expired on"
    return f"{word} {end:%Y-%m-%d}"
