"""Checks of the connection to the API: credentials, proxy, CA, URL, clock, token. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from dcsync.cloud.http.transport_errors import NOT_TRUSTED
from dcsync.doctor.facts import Facts
from dcsync.doctor.findings import Finding, broken, not_seen, ok, warning
from dcsync.errors import CloudError, ConnectionError, CredentialsError, CredentialsRefused

SKEW_S = 60.0
"""A token request may be refused above this; the API's own tolerance is not known."""
NOTICED_S = 10.0
SLOW_S = 1.0
_REFUSES = (401, 403)


def credentials(facts: Facts) -> Iterator[Finding]:
    """Whether they are set and complete."""
    if facts.credentials is None:
        yield ok("credentials", "set, and complete")
    else:
        remedy = "set DT_SERVICE_ACCOUNT_KEY_ID, _SECRET and _EMAIL, or DT_CREDENTIALS_FILE"
        yield broken("credentials", str(facts.credentials), remedy)


def network(facts: Facts) -> Iterator[Finding]:
    """Whether the settings of URLs, proxies and CA bundle are valid."""
    if facts.network is not None:
        yield broken("network", str(facts.network), "correct the variable or the option")
    else:
        bundle = facts.ca_bundle or "those of certifi"
        yield ok("network", f"CAs: {bundle}; proxies: {len(facts.proxies) or 'none'}")


def proxy(facts: Facts) -> Iterator[Finding]:
    """Whether the proxies to the API accept connections."""
    for each in facts.proxies:
        if each.trouble:
            remedy = "correct https_proxy, http_proxy or all_proxy, or name the host in no_proxy"
            yield broken("proxy", each.trouble, remedy, each.shown)
        else:
            yield ok("proxy", "accepts connections", each.shown)


def certificate_authority(facts: Facts) -> Iterator[Finding]:
    """Whether the servers' certificates are trusted."""
    for trouble in _troubles(facts):
        if NOT_TRUSTED in str(trouble):
            remedy = (
                "name your company's CA bundle in REQUESTS_CA_BUNDLE; the one in use is "
                f"{facts.ca_bundle or 'that of certifi'}"
            )
            yield broken("ca", str(trouble), remedy)
            return


def api(facts: Facts) -> Iterator[Finding]:
    """Whether there is a DT API at the URL, and how fast it responds."""
    found = facts.api
    if found is None or is_masked_by_proxy(facts):
        yield not_seen("api", _why_not(facts))
    elif found.trouble is not None:
        if NOT_TRUSTED not in str(found.trouble):
            remedy = "check the host in DCSYNC_API_URL and the network, or raise --timeout"
            yield broken("api", str(found.trouble), remedy)
    elif found.status in _REFUSES and found.is_json:
        took = f"{found.seconds * 1000:.0f} ms"
        version = urlsplit(found.url).path.rpartition("/")[2] or "?"
        evidence = f"{found.url} responds in {took}, version {version}"
        if found.seconds > SLOW_S:
            yield warning("api", evidence, "find out what delays the network")
        else:
            yield ok("api", evidence)
    else:
        yield _no_api(found.url, found.status, is_json=found.is_json)


def clock(facts: Facts) -> Iterator[Finding]:
    """Whether this machine's clock is right: a token request contains the time."""
    ahead_s = facts.api.ahead_s if facts.api else None
    if ahead_s is None:
        yield not_seen("clock", "no server has sent its time")
        return
    way = "ahead of" if ahead_s > 0 else "behind"
    evidence = f"{abs(ahead_s):.0f} s {way} the API's"
    remedy = "synchronize this machine's clock, for example by NTP"
    is_refused = facts.token is not None and isinstance(facts.token.trouble, CredentialsRefused)
    if abs(ahead_s) > SKEW_S and is_refused:
        yield broken("clock", evidence, remedy)
    elif abs(ahead_s) > NOTICED_S:
        yield warning("clock", evidence, remedy)
    else:
        yield ok("clock", "agrees with the API's")


def token(facts: Facts) -> Iterator[Finding]:
    """Whether the credentials are valid, and who issued the token."""
    found, refused = facts.token, _refusal(facts)
    if found is None:
        yield not_seen("token", _why_not(facts))
    elif found.trouble is not None:
        if isinstance(found.trouble, ConnectionError):
            if NOT_TRUSTED not in str(found.trouble) and not is_masked_by_proxy(facts):
                remedy = "check DCSYNC_TOKEN_URL or --token-url, and this machine's network"
                yield broken("token", str(found.trouble), remedy)
        else:
            yield broken("token", str(found.trouble), _remedy_for(found.trouble))
    elif refused:
        remedy = "the key may be revoked or expired, or Basic Auth not allowed: make a new key"
        yield broken("token", str(refused), remedy)
    elif found.issuer:
        took = f"{found.seconds * 1000:.0f} ms"
        yield ok("token", f"obtained from {found.issuer} in {took}")
    else:
        yield ok("token", "Basic Auth, without a token")


def is_masked_by_proxy(facts: Facts) -> bool:
    """Whether a broken proxy explains why other things cannot be reached."""
    return any(each.trouble for each in facts.proxies)


def has_api(facts: Facts) -> bool:
    """Whether the URL responds like a DT API."""
    return bool(facts.api and facts.api.status in _REFUSES and facts.api.is_json)


def _troubles(facts: Facts) -> Iterator[CloudError]:
    for each in (facts.token, facts.api):
        if each is not None and isinstance(each.trouble, CloudError):
            yield each.trouble


def _refusal(facts: Facts) -> CredentialsRefused | None:
    """The API's refusal of its own token."""
    for project in facts.projects:
        for each in (project.permissions, project.live):
            if isinstance(each, CredentialsRefused):
                return each
    return None


def _remedy_for(trouble: Exception) -> str:
    if isinstance(trouble, CredentialsError):
        return "check DCSYNC_TOKEN_URL or --token-url"
    return "check the key id, the secret and the e-mail of the service account; make a new key"


def _no_api(url: str, status: int, *, is_json: bool) -> Finding:
    if not url.endswith("/v2"):
        remedy = "the URL of the API ends in /v2: correct DCSYNC_API_URL or --api-url"
    elif status >= 500:
        remedy = "the API is down: wait, and check DT's status page"
    else:
        remedy = "check DCSYNC_API_URL or --api-url; a proxy or a portal may respond in its place"
    kind = "" if is_json else ", which is not a response of the API"
    return broken(
        "api", f"{url}: not a DT API: a call without credentials gets {status}{kind}", remedy
    )


def _why_not(facts: Facts) -> str:
    if facts.network is not None:
        return "the network settings are broken"
    if is_masked_by_proxy(facts):
        return "the proxy is broken"
    return "credentials are not set" if facts.credentials else "it did not respond in time"
