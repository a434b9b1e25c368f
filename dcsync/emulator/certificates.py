"""Certificates of emulated endpoints, valid and invalid, and the CA that issues the valid ones."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

Certificate = Literal["valid", "expiring", "expired", "self_signed", "other_host", "other_ca"]
"""The certificate that an endpoint presents; `expiring` is valid for three more days."""

_DAYS = {"expiring": 3, "expired": -2}
_VALID_DAYS = 90


class Authority:
    """The emulator's CA, in a folder; created on first use."""

    def __init__(self, folder: Path, name: str = "dcsync emulator CA") -> None:
        self._folder = folder
        self._key = _new_key()
        self._name = name
        self._own = _certificate(name, self._key.public_key(), name, self._key, _VALID_DAYS, ())
        self.ca_file = folder / "ca.pem"
        self.ca_file.write_bytes(_pem(self._own))

    def context(self, kind: Certificate) -> ssl.SSLContext:
        """The TLS context of a server on this machine."""
        from cryptography.hazmat.primitives import serialization

        key = _new_key()
        issuer = {"self_signed": ("localhost", key), "other_ca": ("Another CA", _new_key())}
        issuer_name, issuer_key = issuer.get(kind, (self._name, self._key))
        hosts = ("other.example.com",) if kind == "other_host" else ("localhost", "127.0.0.1")
        days = _DAYS.get(kind, _VALID_DAYS)
        shown = _certificate("localhost", key.public_key(), issuer_name, issuer_key, days, hosts)
        file = self._folder / f"{kind}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        file.write_bytes(private + _pem(shown))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _new_key() -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def _certificate(
    name: str, public_key: object, issuer: str, key: object, days: int, hosts: tuple[str, ...]
) -> x509.Certificate:
    """A certificate that expires in `days`; without hosts, a CA certificate."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(public_key)  # type: ignore[arg-type] # any key's
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=100))
        .not_valid_after(now + timedelta(days=days, hours=1))
        .add_extension(x509.BasicConstraints(ca=not hosts, path_length=None), critical=True)
    )
    if hosts:
        names = [_general_name(each) for each in hosts]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, SHA256())  # type: ignore[arg-type] # the private one


def _general_name(host: str) -> x509.GeneralName:
    from cryptography import x509

    if host[0].isdigit():
        return x509.IPAddress(ipaddress.ip_address(host))
    return x509.DNSName(host)


def _name(text: str) -> x509.Name:
    from cryptography import x509

    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _pem(certificate: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM)
