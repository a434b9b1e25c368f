"""Signed tokens are what PyJWT makes and accepts."""

from __future__ import annotations

import json

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcsync.signed_tokens import hs256

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@given(TEXT.filter(bool), st.dictionaries(TEXT, TEXT | st.integers()), st.dictionaries(TEXT, TEXT))
def test_a_token_holds_its_claims_under_its_secret(
    secret: str, claims: dict[str, str | int], header: dict[str, str]
) -> None:
    """Whatever the secret, the claims and the header: PyJWT verifies and reads them back."""
    header = {f"x-{name}": value for name, value in header.items()}
    token = hs256(claims, secret, header)
    found = jwt.PyJWS().decode_complete(token, secret, algorithms=["HS256"])
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT", **header}
    assert found["payload"] == json.dumps(claims, separators=(",", ":")).encode()


def test_another_secret_does_not_verify() -> None:
    """The signature depends on the secret."""
    token = hs256({"iat": 1}, "a" * 32)
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.PyJWS().decode(token, "b" * 32, algorithms=["HS256"])
