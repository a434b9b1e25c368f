"""`DT-Asymmetric-Signature`: keys by discovery, rotation, issuer, and what cannot be checked."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from dcsync import emulator
from dcsync.emulator.signatures import symmetric
from dcsync.model import Secret
from dcsync.receive import (
    Endpoint,
    KeyRing,
    PublicKey,
    PushResponse,
    SharedSecret,
    fetcher,
    serving,
)
from dcsync.receive.checks import CheckedSignature, Invalid, Untrusted, Unverifiable, Verified
from dcsync.receive.keys import KeysUnavailable

ORGANIZATION = "c0md3pm0p7bet3vico80"
BODY = b'{"event":{"eventId":"c3s2vd3g1l8ts9ajq5e0","eventType":"touch"},"labels":{}}'
HEADER = "dt-asymmetric-signature"


class Clock:
    """Seconds that a test moves by hand."""

    def __init__(self) -> None:
        self.now_s = 0.0


class Signer:
    """The emulated cloud's side of the scheme, and ours."""

    def __init__(self, cloud: emulator.Emulator) -> None:
        self.cloud = cloud
        self.clock = Clock()
        self.fetched: list[str] = []
        self._fetch = fetcher({})

    def sign(self, body: bytes = BODY, *, lifetime_s: float = 300.0) -> str:
        keys = self.cloud.signing_keys
        return keys.sign(body, self.cloud.issuer, ORGANIZATION, time.time(), lifetime_s)

    def scheme(self, issuer: str = "", organization: str = "") -> PublicKey:
        ring = KeyRing(self.fetch, lambda: self.clock.now_s)
        return PublicKey(ring, [issuer or self.cloud.issuer], organization)

    def fetch(self, url: str) -> bytes:
        self.fetched.append(url.rpartition("/")[2])
        return self._fetch(url)


@pytest.fixture
def signer(cloud: emulator.Emulator) -> Signer:
    """A cloud that signs."""
    return Signer(cloud)


def test_a_good_signature_costs_one_discovery(signer: Signer) -> None:
    """Keys are found by discovery over HTTP once, and kept."""
    scheme = signer.scheme()

    assert [scheme.check(signer.sign(), BODY) for _ in range(3)] == [Verified()] * 3
    assert signer.fetched == ["openid-configuration", "jwks"]


def test_a_rotated_key_is_found_at_once(signer: Signer) -> None:
    """A kid that is not known is looked for again; the former key stays good while published."""
    scheme, before = signer.scheme(), signer.sign()
    assert scheme.check(before, BODY) == Verified()

    signer.cloud.rotate_signing_key()

    assert scheme.check(signer.sign(), BODY) == Verified()
    assert scheme.check(before, BODY) == Verified()
    assert len(signer.fetched) == 4


def test_keys_are_looked_up_again_after_an_hour(signer: Signer) -> None:
    """A key that the issuer has taken back does not stay good for ever."""
    scheme, token = signer.scheme(), signer.sign()
    scheme.check(token, BODY)
    signer.clock.now_s = 3600.0

    assert scheme.check(token, BODY) == Verified()
    assert len(signer.fetched) == 4


def token(signer: Signer, **changes: Any) -> str:
    """A token of an attacker, who knows everything but the private key."""
    claims = {
        "checksum_sha256": hashlib.sha256(BODY).hexdigest(),
        "iss": signer.cloud.issuer,
        "iat": time.time(),
        "exp": time.time() + 60,
    }
    headers = {"kid": "c3s2vd3g1l8ts9ajq5eg", **changes.pop("headers", {})}
    key = changes.pop("key", generate_private_key(SECP256R1()))
    algorithm = changes.pop("algorithm", "ES256")
    claims = {name: value for name, value in {**claims, **changes}.items() if value}
    return jwt.encode(claims, key, algorithm=algorithm, headers=headers)


def known_kid(signer: Signer) -> dict[str, str]:
    return {"kid": str(jwt.get_unverified_header(signer.sign())["kid"])}


def public_pem(signer: Signer) -> str:
    """What an attacker would take for an HMAC key, had the token a say in the algorithm."""
    key = KeyRing(fetcher({}), lambda: 0.0).key(signer.cloud.issuer, known_kid(signer)["kid"])
    return f"{key.public_numbers().x:064x}"


STRANGER = "the signature is by an issuer that is not trusted (see --issuer)"
ALGORITHM = "the signature's algorithm is not allowed"
BAD: dict[str, tuple[Callable[[Signer], str], CheckedSignature]] = {
    "no token": (lambda _: "nonsense", Invalid(("the signature is not a valid token",))),
    "expired": (lambda s: s.sign(lifetime_s=-60), Invalid(("expired 1 min ago",))),
    "another body": (
        lambda s: s.sign(BODY + b" "),
        Invalid(("checksum_sha256 differs: this is not the body that was signed",)),
    ),
    "only the old checksum": (
        lambda s: token(s, headers=known_kid(s), checksum_sha256=None, checksum="0" * 40),
        Invalid(
            ("the signature was made with a different key", "the signature has no checksum_sha256")
        ),
    ),
    "another issuer": (
        lambda s: token(s, iss="https://identity.example.com/data-connector"),
        Untrusted((STRANGER,)),
    ),
    "no issuer": (lambda s: token(s, iss=None), Untrusted((STRANGER,))),
    "an unknown key": (token, Invalid(("the signature's key is not one of the issuer's",))),
    "no key": (lambda s: token(s, headers={"kid": ""}), Invalid(("the signature names no key",))),
    "another key of the same kid": (
        lambda s: token(s, headers=known_kid(s)),
        Invalid(("the signature was made with a different key",)),
    ),
    "HMAC with the public key": (
        lambda s: token(s, headers=known_kid(s), key=public_pem(s), algorithm="HS256"),
        Invalid((ALGORITHM,)),
    ),
    "unsigned": (
        lambda s: token(s, headers=known_kid(s), key="", algorithm="none"),
        Invalid((ALGORITHM,)),
    ),
    "everything at once": (
        lambda s: token(s, headers=known_kid(s), checksum_sha256="x", exp=time.time() - 7200),
        Invalid(
            (
                "the signature was made with a different key",
                "checksum_sha256 differs: this is not the body that was signed",
                "expired 2 h ago",
            )
        ),
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_signature_has_its_reason(signer: Signer, name: str) -> None:
    """Each way of being bad is told apart, and every one of them is told."""
    make, check = BAD[name]

    assert signer.scheme().check(make(signer), BODY) == check


def test_unknown_keys_do_not_make_us_ask_all_the_time(signer: Signer) -> None:
    """Made-up kids cost one look every few seconds, however many there are."""
    scheme = signer.scheme()
    for number in range(10):
        scheme.check(token(signer, headers={"kid": str(number)}), BODY)
    assert len(signer.fetched) == 2

    signer.clock.now_s = 5.0
    scheme.check(token(signer), BODY)
    assert len(signer.fetched) == 4


@pytest.mark.parametrize(
    ("organization", "check"),
    [
        (ORGANIZATION, Verified()),
        ("c0md3pm0p7bet3vico81", Invalid(("the signature is for another organization",))),
    ],
)
def test_the_organization_may_be_pinned(
    signer: Signer, organization: str, check: CheckedSignature
) -> None:
    """`--organization` refuses what DT signed for somebody else."""
    assert signer.scheme(organization=organization).check(signer.sign(), BODY) == check


def test_a_named_issuer_is_the_only_one(signer: Signer) -> None:
    """`--issuer` takes trust from all others."""
    assert signer.scheme(signer.cloud.issuer).check(signer.sign(), BODY) == Verified()
    other = signer.scheme("https://identity.example.com").check(signer.sign(), BODY)
    assert other == Untrusted((STRANGER,))


ISSUER = "http://127.0.0.1:1/data-connector"


def published(**changes: Any) -> Callable[[str], bytes]:
    """An issuer whose documents are odd."""
    discovery = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/jwks", **changes}

    def fetch(url: str) -> bytes:
        return json.dumps(
            {"keys": changes.get("keys", [])} if "jwks" in url else discovery
        ).encode()

    return fetch


def unreachable(url: str) -> bytes:
    raise KeysUnavailable(f"{url} returned 503")


UNUSABLE: dict[str, tuple[Callable[[str], bytes], str]] = {
    "unreachable": (unreachable, f"{ISSUER}/.well-known/openid-configuration returned 503"),
    "no JSON": (lambda _: b"<html>", f"{ISSUER} returned something other than JSON"),
    "another issuer": (
        published(issuer="https://example.com"),
        f"{ISSUER} publishes the discovery document of another issuer",
    ),
    "keys elsewhere": (
        published(jwks_uri="http://example.com/jwks"),
        f"{ISSUER} names no jwks_uri on its own origin",
    ),
    "no keys": (published(keys=None), f"{ISSUER} publishes no usable key"),
    "keys of other kinds": (
        published(keys=[7, {"kty": "RSA"}, {"kty": "EC", "crv": "P-256", "kid": "k", "x": "A"}]),
        f"{ISSUER} publishes no usable key",
    ),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_keys_that_cannot_be_had_leave_it_open(signer: Signer, name: str) -> None:
    """Without keys a signature is neither good nor bad, and the reason is told."""
    fetch, reason = UNUSABLE[name]
    scheme = PublicKey(KeyRing(fetch, lambda: 0.0), [ISSUER])

    assert scheme.check(token(signer, iss=ISSUER), BODY) == Unverifiable(reason)
    wrong = token(signer, iss=ISSUER, checksum_sha256="0" * 64)
    assert isinstance(scheme.check(wrong, BODY), Invalid)


def answer(
    *, demands: bool, headers: dict[str, str], fetch: Callable[[str], bytes]
) -> PushResponse:
    scheme = PublicKey(KeyRing(fetch, lambda: 0.0), [ISSUER])
    return Endpoint([scheme], requires_signature=demands).receive(tuple(headers.items()), BODY)


def test_what_cannot_be_checked_is_refused_only_on_demand(signer: Signer) -> None:
    """Without `--require-signature` it is accepted and told; with it the sender may try later."""
    headers = {HEADER: token(signer, iss=ISSUER)}
    lenient = answer(demands=False, headers=headers, fetch=unreachable)
    strict = answer(demands=True, headers=headers, fetch=unreachable)
    unsigned = answer(demands=True, headers={}, fetch=unreachable)

    assert lenient.accepted is not None
    assert lenient.accepted.signatures == ()
    assert lenient.accepted.unchecked.endswith("returned 503")
    assert (strict.status, unsigned.status) == (503, 401)
    assert unsigned.reason == "no signature could be checked"


def test_a_stranger_takes_nothing_from_a_good_secret(signer: Signer) -> None:
    """Beside a good `X-Dt-Signature` a stranger's is worth nothing; alone it is refused."""
    public = PublicKey(KeyRing(unreachable, lambda: 0.0))
    headers = ((HEADER, signer.sign()), ("x-dt-signature", symmetric("s3cret", BODY, time.time())))
    both = Endpoint([SharedSecret({"A": Secret("s3cret")}), public]).receive(headers, BODY)
    alone = Endpoint([public]).receive(headers, BODY)

    assert both.accepted is not None
    assert (both.accepted.signatures, both.accepted.unchecked) == (("X-Dt-Signature",), "")
    assert (alone.status, alone.reason) == (401, f"DT-Asymmetric-Signature: {STRANGER}")


def test_expiry_can_be_ignored(signer: Signer) -> None:
    """A captured delivery is checked with its key, and said to have expired."""
    ring = KeyRing(fetcher({}), lambda: 0.0)
    scheme = PublicKey(ring, [signer.cloud.issuer], rejects_expired=False)

    assert scheme.check(signer.sign(lifetime_s=-3600), BODY) == Verified(expired="expired 1 h ago")


def test_real_deliveries_bear_both_signatures(cloud: emulator.Emulator) -> None:
    """What the emulated cloud delivers passes both checks, end to end."""
    answers: SimpleQueue[PushResponse] = SimpleQueue()
    public = PublicKey(KeyRing(fetcher({}), time.monotonic), [cloud.issuer])
    endpoint = Endpoint([SharedSecret({"A": Secret("s3cret")}), public])
    with serving(endpoint, 0, answers.put) as url:
        project_id = cloud.add_project("Oslo")
        config = {"url": url, "signatureSecret": "s3cret"}
        cloud.add_connector(project_id, {"type": "HTTP_PUSH", "httpConfig": config})
        cloud.publish(project_id, cloud.add_device(project_id, "touch"), "touch", {})
        delivery = answers.get(timeout=10).accepted

    assert delivery is not None
    assert delivery.signatures == ("X-Dt-Signature", "DT-Asymmetric-Signature")
