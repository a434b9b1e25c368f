"""What `doctor` says of the cloud and of projects, fact by fact, without a cloud."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from dcsync.cloud.http.transport_errors import NOT_TRUSTED
from dcsync.doctor import of_cloud, of_projects
from dcsync.doctor.facts import (
    Api,
    Facts,
    Files,
    ProjectFacts,
    Proxy,
    Repository,
    TokenFacts,
)
from dcsync.doctor.findings import Finding
from dcsync.errors import (
    ConfigurationError,
    ConnectionFailed,
    CredentialsError,
    CredentialsRefused,
    DcsyncError,
    Forbidden,
)
from dcsync.model import Connector, Declared, DeclaredProject, Policy, Position, Prune

Check = Callable[[Facts], Iterator[Finding]]
HERE = Position("oslo.yaml", 1, 1)
NOTHING = Facts(Files(), Repository(False, "", False))
URL = "https://api.example.com/v2"
UP = Api(URL, 401, 0.12, is_json=True, ahead_s=0.0)
REFUSED = CredentialsRefused("no", method="GET", path="/", status=401)
FORBIDDEN = Forbidden("no", method="GET", path="/", status=403)
LOST, UNTRUSTED = ConnectionFailed("no way"), ConnectionFailed(f"no: {NOT_TRUSTED}")
CLOCK = "synchronize this machine's clock, for example by NTP"
NETWORK = "check the host in DCSYNC_API_URL and the network, or raise --timeout"
NEW_KEY = "check the key id, the secret and the e-mail of the service account; make a new key"


def of(check: Check, facts: Facts) -> list[tuple[str, ...]]:
    """Each finding: severity, evidence, remedy and subjects."""
    return [
        (each.severity.value, each.evidence, each.remedy, *each.subjects) for each in check(facts)
    ]


@pytest.mark.parametrize(
    ("check", "facts", "found"),
    [
        (of_cloud.credentials, {}, ("ok", "set, and complete", "")),
        (
            of_cloud.credentials,
            {"credentials": CredentialsError("none")},
            (
                "broken",
                "none",
                "set DT_SERVICE_ACCOUNT_KEY_ID, _SECRET and _EMAIL, or DT_CREDENTIALS_FILE",
            ),
        ),
        (of_cloud.network, {}, ("ok", "CAs: those of certifi; proxies: none", "")),
        (
            of_cloud.network,
            {"ca_bundle": "ca.pem", "proxies": (Proxy("p"),)},
            ("ok", "CAs: ca.pem; proxies: 1", ""),
        ),
        (
            of_cloud.network,
            {"network": ConfigurationError("bad")},
            ("broken", "bad", "correct the variable or the option"),
        ),
        (of_cloud.proxy, {"proxies": (Proxy("p"),)}, ("ok", "accepts connections", "", "p")),
        (
            of_cloud.proxy,
            {"proxies": (Proxy("p", "closed"),)},
            (
                "broken",
                "closed",
                "correct https_proxy, http_proxy or all_proxy, or name the host in no_proxy",
                "p",
            ),
        ),
        (of_cloud.clock, {}, ("not_seen", "no server has sent its time", "")),
        (
            of_cloud.clock,
            {"api": replace(UP, ahead_s=None)},
            ("not_seen", "no server has sent its time", ""),
        ),
        (of_cloud.clock, {"api": UP}, ("ok", "agrees with the API's", "")),
        (of_cloud.clock, {"api": replace(UP, ahead_s=10.0)}, ("ok", "agrees with the API's", "")),
        (
            of_cloud.clock,
            {"api": replace(UP, ahead_s=11.0)},
            ("warning", "11 s ahead of the API's", CLOCK),
        ),
        (
            of_cloud.clock,
            {"api": replace(UP, ahead_s=-61.0)},
            ("warning", "61 s behind the API's", CLOCK),
        ),
        (
            of_cloud.clock,
            {"api": replace(UP, ahead_s=-61.0), "token": TokenFacts("", trouble=REFUSED)},
            ("broken", "61 s behind the API's", CLOCK),
        ),
        (
            of_cloud.clock,
            {"api": replace(UP, ahead_s=60.0), "token": TokenFacts("", trouble=REFUSED)},
            ("warning", "60 s ahead of the API's", CLOCK),
        ),
        (of_cloud.api, {}, ("not_seen", "it did not respond in time", "")),
        (
            of_cloud.api,
            {"credentials": CredentialsError("none")},
            ("not_seen", "credentials are not set", ""),
        ),
        (
            of_cloud.api,
            {"network": ConfigurationError("bad")},
            ("not_seen", "the network settings are broken", ""),
        ),
        (
            of_cloud.api,
            {"api": UP, "proxies": (Proxy("p", "closed"),)},
            ("not_seen", "the proxy is broken", ""),
        ),
        (of_cloud.api, {"api": Api(URL, trouble=LOST)}, ("broken", "no way", NETWORK)),
        (of_cloud.api, {"api": Api(URL, trouble=UNTRUSTED)}, None),
        (of_cloud.api, {"api": UP}, ("ok", f"{URL} responds in 120 ms, version v2", "")),
        (
            of_cloud.api,
            {"api": replace(UP, status=403, seconds=1.01)},
            (
                "warning",
                f"{URL} responds in 1010 ms, version v2",
                "find out what delays the network",
            ),
        ),
        (
            of_cloud.api,
            {"api": replace(UP, seconds=1.0)},
            ("ok", f"{URL} responds in 1000 ms, version v2", ""),
        ),
        (
            of_cloud.api,
            {"api": replace(UP, status=200)},
            (
                "broken",
                f"{URL}: not a DT API: a call without credentials gets 200",
                "check DCSYNC_API_URL or --api-url; a proxy or a portal may respond in its place",
            ),
        ),
        (
            of_cloud.api,
            {"api": replace(UP, status=500, is_json=False)},
            (
                "broken",
                f"{URL}: not a DT API: a call without credentials gets 500, "
                "which is not a response of the API",
                "the API is down: wait, and check DT's status page",
            ),
        ),
        (
            of_cloud.api,
            {"api": replace(UP, url="https://a.example.com", status=404)},
            (
                "broken",
                "https://a.example.com: not a DT API: a call without credentials gets 404",
                "the URL of the API ends in /v2: correct DCSYNC_API_URL or --api-url",
            ),
        ),
        (of_cloud.token, {}, ("not_seen", "it did not respond in time", "")),
        (of_cloud.token, {"token": TokenFacts("")}, ("ok", "Basic Auth, without a token", "")),
        (
            of_cloud.token,
            {"token": TokenFacts("https://id.example.com", 0.03)},
            ("ok", "obtained from https://id.example.com in 30 ms", ""),
        ),
        (
            of_cloud.token,
            {"token": TokenFacts("", trouble=LOST)},
            (
                "broken",
                "no way",
                "check DCSYNC_TOKEN_URL or --token-url, and this machine's network",
            ),
        ),
        (of_cloud.token, {"token": TokenFacts("", trouble=UNTRUSTED)}, None),
        (
            of_cloud.token,
            {"token": TokenFacts("", trouble=CredentialsError("odd"))},
            ("broken", "odd", "check DCSYNC_TOKEN_URL or --token-url"),
        ),
        (
            of_cloud.token,
            {"token": TokenFacts("", trouble=REFUSED)},
            ("broken", str(REFUSED), NEW_KEY),
        ),
        (of_cloud.certificate_authority, {"token": TokenFacts("", trouble=LOST)}, None),
        (
            of_cloud.certificate_authority,
            {"token": TokenFacts("", trouble=UNTRUSTED), "api": Api(URL, trouble=UNTRUSTED)},
            (
                "broken",
                str(UNTRUSTED),
                "name your company's CA bundle in REQUESTS_CA_BUNDLE; the one in use is that of "
                "certifi",
            ),
        ),
    ],
)
def test_each_fact_has_its_words(
    check: Check, facts: dict[str, object], found: tuple[str, ...] | None
) -> None:
    """None where another check says it."""
    changed: Facts = replace(NOTHING, **facts)  # type: ignore[arg-type]

    assert of(check, changed) == ([] if found is None else [found])


def project(live: tuple[str, ...] | DcsyncError, quota: int, prune: Prune) -> Facts:
    """Two declared connectors in a project with such live ones."""
    declared = tuple(
        Declared(f"oslo/{name}", Connector("p", "", name, "HTTP_PUSH", "", (), (), None), HERE)
        for name in ("a", "b")
    )
    of_files = DeclaredProject("p", "oslo", Policy(prune, quota=quota), declared, HERE)
    facts = ProjectFacts(of_files, ("dataconnector.read",), live)
    return replace(NOTHING, files=Files((of_files,)), api=UP, projects=(facts,))


REMEDY = "delete unused connectors"


@pytest.mark.parametrize(
    ("live", "quota", "prune", "found"),
    [
        (("a", "b"), 3, Prune.NONE, ("ok", "room for 1 more", "", "oslo")),
        (
            ("a", "b"),
            2,
            Prune.NONE,
            ("warning", "2 of 2 connectors: no room for another one", REMEDY, "oslo"),
        ),
        ((), 1, Prune.NONE, ("broken", "0 of 1 connector, and 2 to create", REMEDY, "oslo")),
        (("a",), 2, Prune.NONE, ("ok", "room for 1 more", "", "oslo")),
        (
            ("a", "x"),
            2,
            Prune.NONE,
            ("broken", "2 of 2 connectors, and 1 to create", REMEDY, "oslo"),
        ),
        (
            ("a", "x", "y"),
            2,
            Prune.NONE,
            ("broken", "3 of 2 connectors, and 1 to create", REMEDY, "oslo"),
        ),
        (
            ("a", "x"),
            2,
            Prune.ALL,
            ("warning", "2 of 2 connectors: no room for another one", REMEDY, "oslo"),
        ),
        (LOST, 2, Prune.NONE, ("not_seen", "no way", "", "oslo")),
        (FORBIDDEN, 2, Prune.NONE, None),
        (REFUSED, 2, Prune.NONE, ("not_seen", "the API is not available", "")),
    ],
)
def test_a_quota_has_room_or_not(
    live: tuple[str, ...] | DcsyncError, quota: int, prune: Prune, found: tuple[str, ...] | None
) -> None:
    """For what is declared and not live; where all else is pruned there will be room."""
    assert of(of_projects.quota, project(live, quota, prune)) == ([] if found is None else [found])
