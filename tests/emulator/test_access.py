"""Who gets in: the token endpoint, Bearer and Basic authentication, roles."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
import requests

from dcsync import emulator
from dcsync.emulator.accounts import GRANT_TYPE
from tests.emulator.conftest import PROJECT, Api


def assertion(cloud: emulator.Emulator, **changes: Any) -> str:
    """A JWT as clients send it, with claims changed or (None) left out."""
    now = int(cloud.clock.now())
    account = cloud.account
    claims = {"iat": now, "exp": now + 3600, "aud": cloud.token_url, "iss": account.email}
    headers = {"kid": changes.pop("kid", account.key_id)}
    secret, algorithm = changes.pop("secret", account.secret), changes.pop("alg", "HS256")
    claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    return jwt.encode(claims, secret, algorithm, headers)


def ask(cloud: emulator.Emulator, token: str, grant_type: str = GRANT_TYPE) -> requests.Response:
    form = {"assertion": token, "grant_type": grant_type}
    return requests.post(cloud.token_url, data=form, timeout=10)


def test_token_opens_the_api(cloud: emulator.Emulator) -> None:
    """A signed assertion is exchanged for a Bearer token that the API accepts."""
    answer = ask(cloud, assertion(cloud))
    issued = answer.json()
    listed = requests.get(
        f"{cloud.api_url}/projects",
        headers={"Authorization": f"{issued['token_type']} {issued['access_token']}"},
        timeout=10,
    )

    assert (answer.status_code, issued["expires_in"]) == (200, 3600)
    assert listed.json() == {"projects": [], "nextPageToken": ""}


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": ["http://elsewhere.example.com", "URL"]},
        {"aud": "LOCALHOST"},
        {"iat": 30},
        {"exp": 60},
    ],
    ids=str,
)
def test_token_for_what_clients_send(cloud: emulator.Emulator, changes: dict[str, Any]) -> None:
    """`aud` may be a list or name localhost, clocks may differ a little, `exp` may be short."""
    now = int(cloud.clock.now())
    urls = {"URL": cloud.token_url, "LOCALHOST": cloud.token_url.replace("127.0.0.1", "localhost")}
    match changes:
        case {"aud": list(names)}:
            changes = {"aud": [urls.get(name, name) for name in names]}
        case {"aud": name}:
            changes = {"aud": urls[name]}
        case _:
            changes = {name: now + seconds for name, seconds in changes.items()}

    assert ask(cloud, assertion(cloud, **changes)).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": "0" * 32},
        {"kid": "c0md3pm0p7bet3vico8g"},
        {"iss": "someone@example.com"},
        {"aud": "https://identity.disruptive-technologies.com/oauth2/token"},
        {"aud": None},
        {"alg": "HS512"},
        {"iat": 1_000_000_000, "exp": 1_000_003_600},
        {"iat": 4_000_000_000, "exp": 4_000_003_600},
        {"exp": 4_000_000_000},
        {"iat": None},
        {"exp": None},
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_bad_assertion_is_refused(cloud: emulator.Emulator, changes: dict[str, Any]) -> None:
    """A wrong signature, key, issuer, audience, algorithm or time is an invalid grant."""
    answer = ask(cloud, assertion(cloud, **changes))

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("token", ["", "a.b.c", "....", "eyJhbGciOiJub25lIn0.e30."])
def test_no_assertion_is_refused(cloud: emulator.Emulator, token: str) -> None:
    """What is no JWT at all, or an unsigned one, is an invalid grant."""
    assert ask(cloud, token).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("algorithm", ["none", "HS512", "ES256"])
def test_signature_must_be_what_it_says(cloud: emulator.Emulator, algorithm: str) -> None:
    """A good HS256 signature below a header that names another algorithm is refused."""
    claims = assertion(cloud).split(".")[1]
    kid = {"alg": algorithm, "kid": cloud.account.key_id}
    header = base64.urlsafe_b64encode(json.dumps(kid).encode()).rstrip(b"=").decode()
    signed = f"{header}.{claims}"
    digest = hmac.digest(cloud.account.secret.encode(), signed.encode(), "sha256")
    signature = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    assert ask(cloud, f"{signed}.{signature}").json()["error"] == "invalid_grant"


def test_other_grant_type_is_refused(cloud: emulator.Emulator) -> None:
    """Only the JWT bearer grant is there."""
    answer = ask(cloud, assertion(cloud), "client_credentials")

    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


def test_token_expires(clock: emulator.ManualClock) -> None:
    """An access token is good for its lifetime and not a moment longer."""
    with emulator.running(clock=clock, token_lifetime_s=60) as cloud:
        token = ask(cloud, assertion(cloud)).json()["access_token"]

        def status() -> int:
            headers = {"Authorization": f"Bearer {token}"}
            return requests.get(
                f"{cloud.api_url}/projects", headers=headers, timeout=10
            ).status_code

        fresh = status()
        clock.advance(60)

        assert (fresh, status()) == (200, 401)


def test_tokens_can_be_revoked(cloud: emulator.Emulator) -> None:
    """`revoke_tokens` makes clients meet a 401 in the middle of their work."""
    headers = {"Authorization": "Bearer " + ask(cloud, assertion(cloud)).json()["access_token"]}
    cloud.revoke_tokens()

    answer = requests.get(f"{cloud.api_url}/projects", headers=headers, timeout=10)

    assert answer.status_code == 401


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer nonsense", "Basic", "Basic !!!", "Digest x", "Basic bm9ib2R5Og=="],
)
def test_401_has_the_flat_error_body(cloud: emulator.Emulator, header: str) -> None:
    """Whoever is not known gets 401 in the API's error form."""
    headers = {"Authorization": header}
    answer = requests.get(f"{cloud.api_url}/projects", headers=headers, timeout=10)

    assert answer.status_code == 401
    assert set(answer.json()) == {"error", "code", "help"}
    assert answer.json()["code"] == 401


@pytest.mark.parametrize(("basic_auth", "status"), [(True, 200), (False, 401)])
def test_basic_auth_is_an_account_s_own_switch(
    cloud: emulator.Emulator, basic_auth: bool, status: int
) -> None:
    """Basic authentication works only for an account that allows it."""
    account = cloud.add_service_account(basic_auth=basic_auth)
    credentials = base64.b64encode(f"{account.key_id}:{account.secret}".encode()).decode()

    answer = requests.get(
        f"{cloud.api_url}/projects", headers={"Authorization": f"Basic {credentials}"}, timeout=10
    )

    assert answer.status_code == status


CALLS = [
    ("GET", "/projects/P/dataconnectors", "user"),
    ("POST", "/projects/P/dataconnectors", "developer"),
    ("PATCH", "/projects/P/dataconnectors/x", "developer"),
    ("DELETE", "/projects/P/dataconnectors/x", "developer"),
    ("POST", "/projects/P/dataconnectors/x:sync", "developer"),
    ("GET", "/projects/P/dataconnectors/x:metrics", "user"),
    ("GET", "/projects/P/devices", "user"),
    ("POST", "/projects/P/devices:batchUpdate", "developer"),
    ("POST", "/projects/P/devices:transfer", "admin"),
    ("POST", "EMULATOR/projects/P/devices", "developer"),
    ("GET", "EMULATOR/projects/P/devices", "user"),
    ("PATCH", "/projects/P", "admin"),
    ("DELETE", "/projects/P", "admin"),
    ("POST", "/projects", "organization"),
]


@pytest.mark.parametrize("role", ["project.user", "project.developer", "project.admin"])
@pytest.mark.parametrize(("method", "path", "least"), CALLS)
def test_role_decides(
    cloud: emulator.Emulator,
    project: str,
    connect: Callable[[emulator.ServiceAccount], Api],
    role: str,
    method: str,
    path: str,
    least: str,
) -> None:
    """A call is 403 for a role below the one that it needs, and never for one above."""
    caller = connect(cloud.add_service_account(role, projects=(project,)))
    url = path.replace("/P", f"/{project}").replace("EMULATOR", cloud.emulator_url)
    ranks = ["user", "developer", "admin", "organization"]
    allowed = ranks.index(role.removeprefix("project.")) >= ranks.index(least)

    answer = caller.call(method, url, {})

    assert (answer.status_code != 403) == allowed


def test_role_holds_in_its_projects_only(
    cloud: emulator.Emulator,
    project: str,
    connect: Callable[[emulator.ServiceAccount], Api],
) -> None:
    """A project that the account has no role in is 403, and not listed."""
    other = cloud.add_project("Store Oslo")
    caller = connect(cloud.add_service_account("project.admin", projects=(project,)))

    names = [found["name"] for found in caller.get("/projects")["projects"]]

    assert caller.call("GET", f"/projects/{other}/dataconnectors").status_code == 403
    assert names == [f"projects/{project}"]


def test_permissions_are_listed(
    cloud: emulator.Emulator,
    project: str,
    connect: Callable[[emulator.ServiceAccount], Api],
) -> None:
    """The caller's own permissions in a project can be asked for before anything is tried."""
    reader = connect(cloud.add_service_account("project.user"))

    held = reader.get(f"/projects/{project}/permissions")["permissions"]

    assert "dataconnector.read" in held
    assert "dataconnector.create" not in held


def test_unknown_role_is_an_error(cloud: emulator.Emulator) -> None:
    """A role that does not exist is told at once."""
    with pytest.raises(ValueError, match=r"project\.king is not a role"):
        cloud.add_service_account("project.king")


def test_account_hides_its_secret(cloud: emulator.Emulator) -> None:
    """No repr shows a secret."""
    assert cloud.account.secret not in repr(cloud.account)


@pytest.mark.parametrize("path", ["/nothing", f"/projects/{PROJECT}/dataconnectors/a/b", "/v2"])
def test_unknown_path_is_404(api: Api, path: str) -> None:
    """A path that the API does not have is 404 in the error form."""
    answer = api.call("GET", path)

    assert (answer.status_code, answer.json()["code"]) == (404, 404)


@pytest.mark.parametrize(("body", "error"), [("oauth", "invalid_grant"), ("api", None)])
def test_token_error_switch(cloud: emulator.Emulator, body: str, error: str | None) -> None:
    """The token endpoint's errors have OAuth's form, or that of the API."""
    cloud.switch(token_error_body=body)

    found = ask(cloud, "nonsense").json()

    assert found.get("code") == (None if error else 400)
    assert error is None or set(found) == {"error", "error_description"}


def test_basic_disabled_switch(
    cloud: emulator.Emulator, connect: Callable[[emulator.ServiceAccount], Api]
) -> None:
    """Basic authentication that is not allowed can be another status."""
    cloud.switch(basic_disabled_status=403)
    caller = connect(cloud.add_service_account(basic_auth=False))

    assert caller.call("GET", "/projects").status_code == 403


@pytest.mark.parametrize(
    ("switches", "metrics", "sync"),
    [({}, 404, 403), ({"metrics_permission": "update", "sync_permission": "read"}, 403, 404)],
    ids=str,
)
def test_permission_switches(
    cloud: emulator.Emulator,
    project: str,
    connect: Callable[[emulator.ServiceAccount], Api],
    switches: dict[str, str],
    metrics: int,
    sync: int,
) -> None:
    """What permission metrics and sync take can be chosen."""
    cloud.switch(**switches)
    caller = connect(cloud.add_service_account("project.user"))
    path = f"/projects/{project}/dataconnectors/none"

    assert caller.call("GET", f"{path}:metrics").status_code == metrics
    assert caller.call("POST", f"{path}:sync").status_code == sync
