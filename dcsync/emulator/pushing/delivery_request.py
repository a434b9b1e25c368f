"""The HTTP request of one delivery: headers, body, both signatures (docs/api.md section 9)."""

from __future__ import annotations

from dcsync.emulator import signatures
from dcsync.emulator.pushing.push import PushRequest
from dcsync.emulator.state import State
from dcsync.emulator.switches import Switches
from dcsync.emulator.wire import Json


def request_of(state: State, connector: Json, delivery: Json) -> PushRequest:
    """The push of a delivery to an HTTP_PUSH connector, signed now unless switched otherwise."""
    switches = state.switches
    config, body = connector["httpConfig"], delivery["body"].encode()
    signed_at, secret = state.clock.now(), config["signatureSecret"]
    if not switches.resign_retries:
        signed_at, secret = delivery["created"], delivery.get("secret", secret)
    headers = _headers(config["headers"], switches)
    if secret:
        headers["X-Dt-Signature"] = signatures.symmetric(secret, body, signed_at)
    headers["DT-Asymmetric-Signature"] = state.signing_keys.sign(
        body,
        state.issuer,
        state.organization_of(connector["name"].split("/")[1]),
        signed_at,
        switches.asymmetric_lifetime_s,
    )
    return PushRequest(config["url"], headers, body)


def _headers(own: dict[str, str], switches: Switches) -> dict[str, str]:
    """The connector's own headers, and default ones that it does not set."""
    usual = {
        "Content-Type": switches.delivery_content_type,
        "User-Agent": switches.delivery_user_agent,
    }
    taken = {name.lower() for name in own}
    return {k: v for k, v in usual.items() if v and k.lower() not in taken} | own
