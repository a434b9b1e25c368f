"""The identity host: access tokens, and the public keys for delivery signatures."""

from __future__ import annotations

from urllib.parse import parse_qs

from dcsync.emulator.state import State
from dcsync.emulator.wire import HttpRequest, HttpResponse, Json, Refused, json_response


def handle(state: State, request: HttpRequest) -> HttpResponse:
    """Respond to a request that needs no account; Refused 404 for any other path."""
    match request.method, request.path:
        case "POST", "/oauth2/token":
            return _token(state, request)
        case "GET", "/data-connector/.well-known/openid-configuration":
            return json_response(_discovery(state))
        case "GET", "/data-connector/jwks":
            return json_response(state.signing_keys.jwks(state.clock.now()))
        case _:
            raise Refused(404, "no such path")


def _token(state: State, request: HttpRequest) -> HttpResponse:
    """An access token for a signed assertion (docs/api.md section 2.1), or an OAuth error."""
    switches = state.switches
    form = parse_qs(request.body.decode(errors="replace"))
    url = f"{state.base_url}/oauth2/token"
    audiences = {url, url.replace("127.0.0.1", "localhost", 1)}
    try:
        issued = state.accounts.issue(
            form, audiences, switches.token_lifetime_s, skew_s=switches.clock_skew_s
        )
    except Refused as refused:
        if switches.token_error_body == "api":  # noqa: S105 - no password
            raise
        error, _, description = refused.message.partition(": ")
        return json_response({"error": error, "error_description": description}, refused.status)
    state.store.commit()
    return json_response(issued)


def _discovery(state: State) -> Json:
    return {
        "issuer": state.issuer,
        "jwks_uri": f"{state.base_url}/data-connector/jwks",
        "id_token_signing_alg_values_supported": ["ES256"],
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
    }
