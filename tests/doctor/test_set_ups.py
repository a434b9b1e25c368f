"""Broken set-ups: whatever else is said, the cause is named first, with its remedy."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from dcsync.emulator.endpoints import EndpointServer
from tests.doctor.conftest import OTHER, PROJECT, SetUp

Certified = Callable[..., EndpointServer]


def diagnose(set_up: SetUp, first: str, *arguments: str, code: int = 1) -> str:
    """Run `doctor`; its first line fits, and no secret is in it. What it printed."""
    ended = set_up.run("doctor", "--timeout", "0.5", *arguments)
    assert re.match(first, ended.first), ended.out
    assert ended.code == code, ended.out
    assert set_up.cloud.account.secret not in ended.out + ended.err
    assert "-> " in ended.out
    return ended.out


def test_where_all_works_nothing_is_found(set_up: SetUp) -> None:
    """Exit code 0, each check with its evidence."""
    ended = set_up.run("doctor", "--probe")

    assert ended.code == 0
    assert "Doctor: 0 broken, 0 warnings, 0 not seen, 13 ok." in ended.out, ended.out
    assert f"{PROJECT}: may plan, apply, verify, import" in ended.out


def test_no_credentials(set_up: SetUp) -> None:
    """The variables are named."""
    for name in ("KEY_ID", "SECRET", "EMAIL"):
        set_up.monkeypatch.delenv(f"DT_SERVICE_ACCOUNT_{name}")

    out = diagnose(set_up, "BROKEN +credentials +no credentials")

    assert "DT_SERVICE_ACCOUNT_KEY_ID" in out


def test_half_of_the_credentials(set_up: SetUp) -> None:
    """What is missing is said."""
    set_up.monkeypatch.delenv("DT_SERVICE_ACCOUNT_SECRET")

    diagnose(set_up, "BROKEN +credentials +incomplete credentials: the secret is missing")


def test_a_wrong_key(set_up: SetUp) -> None:
    """The token endpoint refuses it."""
    set_up.setenv(DT_SERVICE_ACCOUNT_SECRET="not-the-secret")

    out = diagnose(set_up, "BROKEN +token +.*refuses the service account")

    assert "not-the-secret" not in out


def test_a_key_that_was_revoked_since(set_up: SetUp) -> None:
    """A token is given, and the API takes it no more."""
    set_up.cloud.fail("/v2/projects/*", status=401, count=None)

    diagnose(set_up, "BROKEN +token +GET /projects/.*: 401")


def test_basic_auth_that_is_not_allowed(set_up: SetUp) -> None:
    """Without an e-mail there is no token to fail."""
    account = set_up.cloud.add_service_account(basic_auth=False)
    set_up.setenv(**set_up.cloud.environ_of(account))
    set_up.monkeypatch.delenv("DT_SERVICE_ACCOUNT_EMAIL")

    diagnose(set_up, "BROKEN +token +GET /projects/.*: 401")


@pytest.mark.parametrize(("skew_s", "way"), [(-900, "ahead of"), (7200, "behind")])
def test_a_clock_that_is_wrong(set_up: SetUp, skew_s: float, way: str) -> None:
    """It comes before the token that it makes invalid."""
    set_up.cloud.switch(clock_skew_s=skew_s)

    out = diagnose(set_up, f"BROKEN +clock +\\d+ s {way} the API's")

    assert re.search("BROKEN +token", out)


def test_a_clock_that_is_a_little_wrong(set_up: SetUp) -> None:
    """As long as tokens are given, a warning."""
    set_up.cloud.switch(clock_skew_s=40)

    diagnose(set_up, "WARNING +clock +(39|40|41) s behind", code=0)


def test_a_dead_proxy(set_up: SetUp, closed: int) -> None:
    """Its user is not shown, and nobody else is blamed."""
    set_up.setenv(http_proxy=f"http://me:pass@127.0.0.1:{closed}")

    out = diagnose(set_up, f"BROKEN +proxy +http://…@127.0.0.1:{closed}: Connection refused")

    assert "pass" not in out
    assert out.count("BROKEN") == 1


def test_a_dead_socks_proxy(set_up: SetUp, closed: int) -> None:
    """It is named, too."""
    set_up.setenv(all_proxy=f"socks5h://me:pass@127.0.0.1:{closed}")

    out = diagnose(set_up, f"BROKEN +proxy +socks5h://…@127.0.0.1:{closed}: Connection refused")

    assert "pass" not in out


def test_each_call_is_told_where_that_is_asked_for(set_up: SetUp) -> None:
    """As by every other command."""
    assert f"GET /projects/{PROJECT}/permissions: 200" in set_up.run("doctor", "-v").err


def test_a_proxy_that_is_misspelt(set_up: SetUp) -> None:
    """Nothing is sent."""
    set_up.setenv(http_proxy="ftp://127.0.0.1:1")

    diagnose(set_up, "BROKEN +network +the proxy in http_proxy must look like")


def test_a_ca_that_does_not_know_the_server(set_up: SetUp, certified: Certified) -> None:
    """As behind a company's proxy that opens TLS."""
    url = certified("other_ca").url
    set_up.setenv(DCSYNC_API_URL=f"{url.removesuffix('/dt')}/v2")

    out = diagnose(set_up, "BROKEN +ca +.*its certificate is not trusted")

    assert "REQUESTS_CA_BUNDLE" in out


def test_a_ca_bundle_that_is_not_there(set_up: SetUp) -> None:
    """The variable is named."""
    set_up.setenv(REQUESTS_CA_BUNDLE="/no/such.pem")

    diagnose(set_up, "BROKEN +network +REQUESTS_CA_BUNDLE .*/no/such.pem")


def test_a_ca_bundle_that_holds_no_certificates(set_up: SetUp) -> None:
    """Before any handshake fails."""
    (set_up.folder / "empty.pem").write_text("none")
    set_up.setenv(REQUESTS_CA_BUNDLE=str(set_up.folder / "empty.pem"))

    diagnose(set_up, "BROKEN +network +the CA bundle .* holds no certificates")


def test_an_api_url_of_another_version(set_up: SetUp) -> None:
    """The projects are not blamed for their 404."""
    set_up.setenv(DCSYNC_API_URL=set_up.cloud.api_url.replace("/v2", "/v1"))

    out = diagnose(set_up, "BROKEN +api +.*/v1: not a DT API.* 404")

    assert "ends in /v2" in out
    assert out.count("BROKEN") == 1


def test_a_page_in_place_of_the_api(set_up: SetUp) -> None:
    """A portal's or a proxy's."""
    set_up.cloud.fail("/v2/projects", status=200, body="<html>Log in</html>")

    diagnose(set_up, "BROKEN +api +.*not a DT API: .* 200, which is not a response of the API")


def test_an_api_that_is_down(set_up: SetUp) -> None:
    """503 is none of the user's faults."""
    set_up.cloud.fail("/v2/*", status=503, count=None)

    diagnose(set_up, "BROKEN +api +.* 503")


def test_an_api_that_cannot_be_reached(set_up: SetUp, closed: int) -> None:
    """Nothing listens there."""
    set_up.setenv(DCSYNC_API_URL=f"http://127.0.0.1:{closed}/v2")

    out = diagnose(set_up, "BROKEN +api +.*Connection refused")

    assert out.count("BROKEN") == 1


@pytest.mark.slow
def test_an_api_that_says_nothing(set_up: SetUp, silent: int) -> None:
    """It holds nothing else up."""
    set_up.setenv(DCSYNC_API_URL=f"http://127.0.0.1:{silent}/v2")

    out = diagnose(set_up, "BROKEN +api +.*timed out")

    assert re.search("OK +certificate", out)


def test_an_api_whose_name_does_not_resolve(set_up: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name server's own words."""
    refuse_names(monkeypatch)
    set_up.setenv(DCSYNC_API_URL="https://no-such-host.example.com/v2")

    diagnose(set_up, "BROKEN +api +.*no-such-host.example.com: Name or service not known")


def test_a_token_endpoint_that_is_not_there(set_up: SetUp) -> None:
    """404 there is about the URL, not about the key."""
    set_up.setenv(DCSYNC_TOKEN_URL=f"{set_up.cloud.base_url}/nowhere")

    diagnose(set_up, "BROKEN +token +there is no token endpoint")


def test_a_misspelt_url_and_no_credentials_are_both_said(set_up: SetUp) -> None:
    """Nothing is called fine that was not looked at."""
    set_up.setenv(DCSYNC_API_URL="api.example.com")
    set_up.monkeypatch.delenv("DT_SERVICE_ACCOUNT_SECRET")

    out = diagnose(set_up, "BROKEN +credentials")

    assert re.search("BROKEN +network +the API URL must look like", out)
    assert re.search("NOT SEEN +2 checks +api, token: the network settings", out)


def test_a_slash_at_the_end_of_the_api_url_is_no_trouble(set_up: SetUp) -> None:
    """As for every other command."""
    set_up.setenv(DCSYNC_API_URL=f"{set_up.cloud.api_url}/")

    ended = set_up.run("doctor")

    assert ended.code == 0
    assert "version v2" in ended.out


def test_a_project_whose_id_is_not_known(set_up: SetUp) -> None:
    """It is not called undeclared."""
    set_up.declare(project="x")
    path = set_up.folder / "x.yaml"
    path.write_text(path.read_text().replace("project: x", "project: ${env:DCSYNC_VAR_X}"))
    (set_up.folder / f"{PROJECT}.yaml").unlink()

    out = diagnose(set_up, "BROKEN +references +.*DCSYNC_VAR_X is not set")

    assert re.search("NOT SEEN .*quota: the id of a project is a variable that is not set", out)


def test_offline_counts_the_proxies(set_up: SetUp) -> None:
    """Though it does not knock at them."""
    set_up.setenv(http_proxy="http://127.0.0.1:1")

    assert "proxies: 1" in set_up.run("doctor", "--offline").out


def test_projects_by_their_display_names(set_up: SetUp) -> None:
    """As everywhere else; a wrong one is wrong usage."""
    assert f"{PROJECT}: may plan" in set_up.run("doctor", "-p", "Store Oslo").out
    assert set_up.run("doctor", "-p", "Store Bergen").code == 64


def test_an_http_url_of_another_machine(set_up: SetUp) -> None:
    """Credentials are never sent there, and doctor sends nothing either."""
    set_up.setenv(DCSYNC_API_URL="http://api.example.com/v2")

    diagnose(set_up, "BROKEN +network +the API URL must be https")


def test_an_account_that_may_only_read(set_up: SetUp) -> None:
    """Enough to plan: a warning that says what it may and what it lacks."""
    account = set_up.cloud.add_service_account("project.user")
    set_up.setenv(**set_up.cloud.environ_of(account))

    out = diagnose(set_up, f"WARNING +permissions +{PROJECT}: may plan, verify, import", code=0)

    assert "not apply: lacks dataconnector.create, dataconnector.update" in out


def test_an_account_without_a_role_in_the_project(set_up: SetUp) -> None:
    """A new service account has no access even to its own project."""
    account = set_up.cloud.add_service_account("project.developer", projects=(OTHER,))
    set_up.setenv(**set_up.cloud.environ_of(account))

    diagnose(set_up, f"BROKEN +project +{PROJECT}: cannot be read: .*403")


def test_a_project_that_is_not_visible(set_up: SetUp) -> None:
    """Beside one that is."""
    set_up.declare(project=OTHER)

    diagnose(set_up, f"BROKEN +project +{OTHER}: not visible to this account \\(404\\)")


@pytest.mark.parametrize("status", [403, 404, 501])
def test_permissions_that_the_api_does_not_tell(set_up: SetUp, status: int) -> None:
    """Not known is not broken: the project can be listed."""
    set_up.cloud.switch(permissions_status=status)

    ended = set_up.run("doctor")

    assert ended.code == 0
    assert re.match(f"NOT SEEN +permissions +{PROJECT}: .*can be listed", ended.first)


def test_a_project_at_its_quota(set_up: SetUp) -> None:
    """A declared connector that is not live finds no room."""
    for number in range(10):
        config = {"url": "https://example.com"}
        name = {"displayName": str(number), "type": "HTTP_PUSH", "httpConfig": config}
        set_up.cloud.add_connector(PROJECT, name)

    diagnose(set_up, f"BROKEN +quota +{PROJECT}: 10 of 10 connectors, and 1 to create")


def test_a_variable_that_is_not_set(set_up: SetUp) -> None:
    """Its place and its name; the endpoint is looked at all the same."""
    set_up.declare(f"url: '{set_up.endpoint.url}', signature_secret: '${{env:NOT_SET}}'")

    out = diagnose(set_up, f"BROKEN +references +{PROJECT}.yaml:5:.*: variable NOT_SET is not set")

    assert re.search("OK +certificate", out)


def test_a_secret_file_that_cannot_be_read(set_up: SetUp) -> None:
    """A folder in its place; one without the right to read is the same."""
    (set_up.folder / "token").mkdir()
    set_up.declare(f"url: '{set_up.endpoint.url}', signature_secret: '${{file:token}}'")

    diagnose(set_up, "BROKEN +(references|declarations) +.*\\$\\{file:token\\}: cannot be read")


def test_a_secret_file_that_is_not_there(set_up: SetUp) -> None:
    """By the reference as written."""
    set_up.declare(f"url: '{set_up.endpoint.url}', signature_secret: '${{file:gone}}'")

    diagnose(set_up, "BROKEN +references +.*\\$\\{file:gone\\}: no such file")


def test_yaml_that_cannot_be_read(set_up: SetUp) -> None:
    """With its place; the account is looked at all the same."""
    (set_up.folder / "broken.yaml").write_text("dcsync: 1\nconnectors: [")

    out = diagnose(set_up, "BROKEN +declarations +broken.yaml:.*not YAML")

    assert re.search("OK +token", out)


RULES = "properties: {labels: {contains: {const: room}, description: labels need room}}\n"


@pytest.mark.parametrize("by_option", [True, False])
def test_house_rules_that_a_connector_breaks(set_up: SetUp, by_option: bool) -> None:
    """With the place in the declaration, whether it or the option names the rules."""
    (set_up.folder / "rules.yaml").write_text(RULES)
    path = set_up.folder / f"{PROJECT}.yaml"
    options = ["--rules", "rules.yaml"] if by_option else []
    named = path.read_text() + ("" if by_option else "rules: rules.yaml\n")
    path.write_text(named)

    said = f"BROKEN +rules +{PROJECT}.yaml:5:3: labels need room \\(rules.yaml:1:23\\)"
    out = diagnose(set_up, said, "--offline", *options)
    path.write_text(named.replace("{config:", "{labels: [room], config:"))
    kept = set_up.run("doctor", "--offline", *options)

    assert "-> change the connector, or the rule" in out
    assert kept.code == 0
    assert re.search("OK +rules +1 connector checked by rules.yaml\n", kept.out)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("", "rules must be one JSON Schema"),
        ("{nope", "not YAML"),
        ("propertis: {}", "unknown keyword 'propertis'"),
        (None, "the rules cannot be read: No such file"),
    ],
)
def test_house_rules_that_cannot_be_used(set_up: SetUp, rules: str | None, said: str) -> None:
    """They are at fault, and not the connectors."""
    if rules is not None:
        (set_up.folder / "rules.json").write_text(rules)

    out = diagnose(
        set_up, f"BROKEN +rules +rules.json:\\d:.*{said}", "--offline", "--rules", "rules.json"
    )

    assert "-> correct the rules" in out
    assert "OK        rules" not in out


def test_house_rules_of_a_fleet_that_is_searched_for(set_up: SetUp) -> None:
    """They are checked with the network as without it."""
    (set_up.folder / "rules.yaml").write_text(RULES)
    organization = set_up.cloud.add_organization("Stores")
    set_up.cloud.add_project("Store Oslo", organization_id=organization)
    (set_up.folder / f"{PROJECT}.yaml").write_text(
        "dcsync: 1\nrules: [rules.yaml]\npolicy: {prune: none}\n"
        f"projects: {{discover: {{organization: {organization}}}}}\n"
        "connectors: {ingest: {config: {url: https://ingest.example.com}}}\n"
    )

    for options in ([], ["--offline"]):
        out = set_up.run("doctor", "--timeout", "0.5", *options).out
        assert len(re.findall("BROKEN +rules +.*labels need room", out)) == 1, out


def test_no_declarations(set_up: SetUp) -> None:
    """A folder without any."""
    (set_up.folder / f"{PROJECT}.yaml").unlink()

    diagnose(set_up, "BROKEN +declarations +.*no declaration in the folder")


def test_no_repository_where_a_base_is_asked_for(set_up: SetUp) -> None:
    """And none where `prune: previous` needs one."""
    diagnose(set_up, "BROKEN +git +not in a Git repository, and --base main", "--base", "main")
    set_up.declare(policy="{prune: previous}")
    diagnose(set_up, "BROKEN +git +not in a Git repository, and prune: previous needs it")


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
def test_a_shallow_clone_without_the_base(
    set_up: SetUp, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As a CI checkout is by default."""
    origin = tmp_path_factory.mktemp("origin")
    set_up.declare(policy="{prune: previous}")
    shutil.copy(set_up.folder / f"{PROJECT}.yaml", origin)
    commit(origin, "one")
    commit(origin, "two")
    clone = origin / "clone"
    git(origin, "clone", "--quiet", "--depth", "1", f"file://{origin}", str(clone))
    set_up.monkeypatch.chdir(clone)

    out = diagnose(set_up, "BROKEN +git +shallow clone without refs/dcsync/applied")

    assert "fetch-depth: 0" in out


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
def test_a_base_that_is_there(set_up: SetUp) -> None:
    """Its commit is the evidence."""
    set_up.declare(policy="{prune: previous}")
    commit(set_up.folder, "one")
    diagnose(set_up, "BROKEN +git +there is no commit refs/dcsync/applied, and prune: previous")
    git(set_up.folder, "update-ref", "refs/dcsync/applied", "HEAD")

    ended = set_up.run("doctor")

    assert ended.code == 0
    assert re.search("OK +git +refs/dcsync/applied is [0-9a-f]{8}, history is complete", ended.out)


def test_an_endpoint_whose_name_does_not_resolve(
    set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose it is, is said."""
    refuse_names(monkeypatch)
    set_up.declare("url: 'https://ingest.example.com/dt'")

    diagnose(set_up, f"BROKEN +dns +ingest.example.com:443 \\({PROJECT}/ingest\\): Name or")


def test_an_endpoint_that_refuses(set_up: SetUp, closed: int) -> None:
    """Nothing listens there."""
    set_up.declare(f"url: 'https://localhost:{closed}/dt'")

    diagnose(set_up, f"BROKEN +endpoint +localhost:{closed} .*: Connection refused")


@pytest.mark.slow
def test_an_endpoint_that_says_nothing(set_up: SetUp, silent: int) -> None:
    """A handshake that does not come is given up in time."""
    set_up.declare(f"url: 'https://localhost:{silent}/dt'")

    diagnose(set_up, "BROKEN +certificate +localhost:.*timed out")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("expired", "certificate has expired; .*expired on 20"),
        ("self_signed", "self-signed certificate"),
        ("other_host", "Hostname mismatch.*it was issued for other.example.com"),
        ("other_ca", "unable to get local issuer certificate.*by CN=Another CA"),
    ],
)
def test_an_endpoint_that_the_cloud_does_not_trust(
    set_up: SetUp, certified: Certified, kind: str, said: str
) -> None:
    """Expired, self-signed, of another host, of a CA that nobody knows."""
    set_up.declare(f"url: '{certified(kind).url}'")

    diagnose(set_up, f"BROKEN +certificate +localhost:.*{said}")


def test_a_certificate_that_ends_soon(set_up: SetUp, certified: Certified) -> None:
    """A warning with the days that are left."""
    set_up.declare(f"url: '{certified('expiring').url}'")

    diagnose(set_up, "WARNING +certificate +localhost:.*valid for 3 days", code=0)


def test_a_host_that_comes_from_a_variable_is_a_secret(set_up: SetUp, certified: Certified) -> None:
    """The reference stands for it, also where its certificate is of another host."""
    set_up.setenv(HOOK=certified("other_host").url)
    set_up.declare("url: '${env:HOOK}'")

    said = "BROKEN +certificate +\\$\\{env:HOOK\\} .*the certificate is not trusted"
    out = diagnose(set_up, said, "--probe")

    assert "localhost" not in out
    assert "other.example.com" not in out


@pytest.mark.parametrize(
    ("status", "remedy"), [(500, "log"), (302, "redirects are not"), (401, "secret"), (404, "path")]
)
def test_an_endpoint_that_refuses_the_sample(
    set_up: SetUp, certified: Certified, status: int, remedy: str
) -> None:
    """Its status and the time; only with `--probe`."""
    set_up.declare(f"url: '{certified(status=status).url}'")
    assert set_up.run("doctor").code == 0

    out = diagnose(set_up, f"BROKEN +probe +{PROJECT}/ingest: {status} in \\d+ ms", "--probe")

    assert remedy in out


def test_the_sample_is_signed_as_the_cloud_signs(set_up: SetUp, certified: Certified) -> None:
    """With the connector's secret and headers, none of which is printed."""
    set_up.setenv(KEY="a-signature-secret", TOKEN="a-header-secret")
    endpoint = certified(status=204)
    set_up.declare(
        f"url: '{endpoint.url}', signature_secret: '${{env:KEY}}', "
        "headers: {X-A: '${env:TOKEN}'}"
    )
    before = len(endpoint.received)

    ended = set_up.run("doctor", "--probe", "--format", "json")

    [(headers, body)] = endpoint.received[before:]
    assert ended.code == 0
    assert headers["x-a"] == "a-header-secret"
    assert len(headers["x-dt-signature"].split(".")) == 3
    event = json.loads(body)
    assert event["metadata"]["deviceId"].startswith("emu")
    assert event["event"]["eventType"] == "touch"
    assert not any(word in ended.out for word in ("a-signature", "a-header"))


def test_offline_asks_nobody(set_up: SetUp, closed: int) -> None:
    """What needs the network is not seen, and said to be."""
    set_up.setenv(DCSYNC_API_URL=f"http://127.0.0.1:{closed}/v2")

    ended = set_up.run("doctor", "--offline")

    assert ended.code == 0
    assert not set_up.cloud.calls.matching("*", "*", None)
    assert re.search("NOT SEEN +11 checks +proxy, ca, api, clock, token, .*--offline", ended.out)
    assert set_up.run("doctor", "--offline", "--probe").code == 64


def test_lines_fit_the_columns_of_a_terminal(set_up: SetUp) -> None:
    """What is longer goes on below its own column."""
    set_up.setenv(COLUMNS="80")
    set_up.declare(project=OTHER)

    ended = set_up.run("doctor")

    assert max(map(len, ended.out.splitlines())) <= 80


def test_json_has_every_finding(set_up: SetUp) -> None:
    """In the same order, with what is to be done."""
    set_up.declare(project=OTHER)

    ended = set_up.run("doctor", "--format", "json")

    report = json.loads(ended.out)
    assert ended.code == 1
    assert report["summary"]["broken"] == 1
    assert report["findings"][0] == {
        "check": "project",
        "severity": "broken",
        "subjects": [OTHER],
        "evidence": "not visible to this account (404)",
        "remedy": "check the id; the account must be a member of the project or of its "
        "organization",
    }


def test_twenty_projects_fit_into_the_rate_limit(set_up: SetUp) -> None:
    """Permissions of all; how full each is only as far as no call has to wait."""
    set_up.cloud.switch(rate_limit=25)
    (set_up.folder / f"{PROJECT}.yaml").unlink()
    ids = [f"c0md3pm0p7bet3vic{number:03}" for number in range(20)]
    for each in ids:
        set_up.cloud.add_project(each, project_id=each)
    fleet = ", ".join(f"p{number}: {{id: {each}}}" for number, each in enumerate(ids))
    (set_up.folder / "fleet.yaml").write_text(
        f"dcsync: 1\nprojects: {{{fleet}}}\npolicy: {{prune: none}}\n"
        f"connectors: {{ingest: {{config: {{url: '{set_up.endpoint.url}'}}}}}}\n"
    )

    ended = set_up.run("doctor")

    assert ended.code == 0
    assert "p0, p1, p2 and 17 more: may plan, apply, verify, import" in ended.out
    assert "and 12 more: not checked: the API's rate limit is reached" in ended.out
    assert "waiting" not in ended.err


def test_a_fleet_that_is_searched_for_is_looked_at(set_up: SetUp) -> None:
    """Its projects are found in the cloud first."""
    [organization] = set_up.cloud.store.organizations.of()
    (set_up.folder / f"{PROJECT}.yaml").write_text(
        f"dcsync: 1\nprojects: {{discover: {{organization: {organization}}}}}\n"
        "policy: {prune: none}\n"
        f"connectors: {{ingest: {{config: {{url: '{set_up.endpoint.url}'}}}}}}\n"
    )

    ended = set_up.run("doctor")

    assert ended.code == 0
    assert f"{PROJECT}: may plan, apply, verify, import" in ended.out
    assert "valid for 90 days" in ended.out
    assert "the fleet is searched for in the cloud" in set_up.run("doctor", "--offline").out


def git(folder: Path, *arguments: str) -> None:
    identity = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "dcsync"), ("EMAIL", "dcsync@example.com"))
    }
    subprocess.run(
        ["git", *arguments], cwd=folder, env={**os.environ, **identity}, check=True, timeout=30
    )


def commit(folder: Path, message: str) -> None:
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--allow-empty", "--quiet", "--message", message)


def refuse_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that knows this machine only, so that no test asks a real one."""
    import socket

    known = socket.getaddrinfo

    def look_up(host: str, *rest: object, **more: object) -> object:
        if str(host).endswith("example.com"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known(host, *rest, **more)  # type: ignore[arg-type] # as it was called

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
