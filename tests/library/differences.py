"""Where the library differs from the official SDK 1.7.3, and why: docs/library.md is made from it.

`SURFACE` is complete: test_comparison.py finds every difference of names, parameters and values by
introspection, and fails for one that is not here, or that is not there. Of `BEHAVIOUR` each entry
is what a test of both libraries expects them to differ in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import fill


@dataclass(frozen=True)
class Difference:
    """Findings of the comparison, and why they are so; `{names}` is where the page names them."""

    reason: str
    names: tuple[str, ...]


SURFACE = (
    Difference(
        "{names} are left to the SDK: they are no part of sending, reading and watching events. "
        "Install both, and import it for them.",
        (
            *("Claim", "Key", "Member", "Organization", "Role", "ServiceAccount"),
            *("Project.add_member", "Project.get_member", "Project.get_member_invite_url"),
            *("Project.list_members", "Project.remove_member", "Project.update_member"),
            *("errors.ClaimError", "errors.ClaimErrorDeviceAlreadyClaimed"),
            *("errors.ClaimErrorDeviceNotFound", "errors.ClaimErrorKitNotFound"),
        ),
    ),
    Difference(
        "{names} are the SDK's inner workings; dcsync has its own, which are not to be imported. "
        "The classes are in `dt` itself, those of credentials in `dt.authentication`.",
        (
            *("requests", "resources", "transforms"),
            *("authentication.base64url_decode", "authentication.base64url_encode"),
            *("authentication.create_jwt", "errors.parse_api_status_code"),
            "errors.parse_request_error",
        ),
    ),
    Difference(
        "{names} may be given at the end: a token endpoint of one's own, and what gateways report.",
        (
            "Auth.service_account token_endpoint",
            "authentication.ServiceAccountAuth() token_endpoint",
            *("events.CellularStatus() errors", "events.EthernetStatus() errors"),
        ),
    ),
    Difference("{names} has every type of the API.", ("DataConnector.DATA_CONNECTOR_TYPES",)),
    Difference(
        "{names} default to something empty that calls cannot change for each other.",
        (
            "DataConnector.create_data_connector event_types",
            "DataConnector.create_data_connector labels",
            "Emulator.create_device labels",
        ),
    ),
    Difference(
        "{names}: 30 s, not 3 s; and 4, which is as often as the SDK sends with its 3.",
        ("request_timeout", "request_attempts"),
    ),
)

BEHAVIOUR = {
    "attempts": "`request_attempts` is how often a call is sent; the SDK sends it once more than "
    "it says.",
    "401": "After a 401 the token is renewed and the call sent once more; the SDK sends it twice "
    "more with the same token.",
    "429": "A 429 without `Retry-After` is waited out as well; the SDK raises it at once.",
    "creates": "A create is not sent again after a 5xx or a lost response, which may have worked; "
    "the SDK sends it again.",
    "pages": "A listing after one of several pages is complete; the SDK starts it at the page "
    "token of the last one.",
    "missing fields": "Fields that a response lacks, or that are null, are empty values; the SDK "
    "raises KeyError. The fields of Data Connectors of other types than HTTP_PUSH are read.",
    "empty bodies": "201, 202, 204 and empty bodies are successes of writes; an update that does "
    "not hold the connector is read back.",
    "another": "A response about another project or connector than was asked for is not believed: "
    "it is read back, or an InvalidResponse.",
    "html": "An HTML error page is the error of its status; the SDK raises the JSON decoder's.",
    "undocumented": "501, 502 and other undocumented statuses above 500 are a ServerError as well "
    "as an UnknownError.",
    "keywords": "Unknown keywords are refused; the SDK drops them (its own documentation misspells "
    "one).",
    "repr": "`repr` shows what an object is, without secrets, and is no expression to evaluate.",
    "str of errors": "`str(error)` is a sentence without secrets; the API's dict is in "
    "`error.args[0]` only.",
    "import": "Credentials are looked up at the first call; the SDK reads them, and raises for a "
    "missing file, when it is imported.",
    "basic": "Without an e-mail the environment's credentials are Basic Auth; for the SDK they are "
    "none.",
    "logger": "Records go to the logger `dcsync`; the SDK's go to `disruptive`, which it keeps "
    "silent.",
    "stream refusals": "A stream that is refused for good (400, 403, 404) raises at once; the SDK "
    "asks again first.",
    "stream robustness": "A blank line, a Unicode line separator in a label, a missing field or an "
    "unknown event type does not end a stream.",
    "stream base_url": "`base_url` counts for streams too.",
    "event keys": "Humidity samples and a network status's Cloud Connectors are published with the "
    "API's keys, and samples of humidity at all.",
    "samples": "A sample cannot be published: UsageError, where the SDK has an AttributeError.",
    "polars": "`to_polars` works with polars 2 as well.",
    "label_filters": "A label filter of devices may be None for any value; the SDK raises "
    "TypeError.",
    "tracebacks": "Nothing of the host process is changed; the SDK cuts its tracebacks.",
    "connections": "Connections are kept; the SDK makes a new one for each call.",
}


def bullets() -> Iterator[str]:
    """The lines of the page, each a list item."""
    named = [each.reason.format(names=", ".join(map(_shown, each.names))) for each in SURFACE]
    for reason in (*named, *BEHAVIOUR.values()):
        yield fill(f"- {reason}", 118, subsequent_indent="  ", break_on_hyphens=False)


def _shown(name: str) -> str:
    call, _, parameter = name.replace("()", "").partition(" ")
    return f"`{parameter}` of `{call}`" if parameter else f"`{call}`"
