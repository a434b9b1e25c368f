"""`drift`: live against the revision applied last. Real repositories, a real cloud."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dcsync import emulator
from tests.cli.conftest import PROJECT, Ended, Run
from tests.cli.test_base import OTHER, STRAY, Repository, declaration

pytestmark = [
    pytest.mark.skipif(shutil.which("git") is None, reason="there is no git"),
    pytest.mark.usefixtures("project"),
]
A = "\n  a: {config: {url: https://a.example.com}}"
B = "\n  b: {config: {url: https://b.example.com}}"
SECRET = "\n  a: {config: {url: https://a.example.com, signature_secret: '${env:KEY}'}}"
ALL = "{prune: all}"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    found = Repository(tmp_path)
    found.git("init", "--quiet")
    return found


@pytest.fixture
def live(cloud: emulator.Emulator) -> dict[str, Any]:
    """The live resources of the project by name, when asked."""

    class Live(dict[str, Any]):
        def __missing__(self, name: str) -> Any:
            return next(e for e in cloud.connectors(PROJECT) if e["displayName"] == name)

    return Live()


def apply(run: Run, repository: Repository, connectors: str, policy: str = ALL) -> None:
    """Commit, apply, and move the ref as the shipped workflows do."""
    repository.commit(dcsync=declaration(connectors, policy=policy))
    assert run("apply", "--auto-approve").code == 0
    repository.git("update-ref", "refs/dcsync/applied", "HEAD")


def change(cloud: emulator.Emulator, name: str, project: str = PROJECT, **fields: Any) -> None:
    """Somebody changes a connector in the console."""
    resource = next(e for e in cloud.connectors(project) if e["displayName"] == name)
    key = resource["name"].rpartition("/")[2]
    cloud.store.connectors.put(key, {**resource, **fields}, project)


def found_by(run: Run, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("drift", "--format", "json", *arguments).out)
    return found


def test_nothing_changed_is_no_drift(run: Run, repository: Repository) -> None:
    """Exit code 0, and what it was compared with."""
    apply(run, repository, A)

    ended = run("drift")

    assert ended == Ended(
        0,
        f"No drift from revision {repository.git('rev-parse', 'HEAD')[:8]}. "
        "1 as applied, 0 accepted, 0 pending, 0 unmanaged.\n",
        "",
    )


def test_what_is_merged_and_not_applied_is_pending(run: Run, repository: Repository) -> None:
    """A declaration that changed is no drift: the next apply carries it out."""
    apply(run, repository, A + B)
    changed = A.replace("a.example", "new.example")
    repository.commit(dcsync=declaration(f"{changed}\n  c: {{config: {{url: https://c.io}}}}"))

    ended = run("drift")

    assert ended.code == 0
    assert ended.out.splitlines()[:3] == [
        f'> {PROJECT}/a  "a": update: config.url',
        f'> {PROJECT}/c  "c": create',
        f'> {PROJECT}/b  "b": remove',
    ]
    assert "2 as applied, 0 accepted, 3 pending" in ended.out


def test_drift_beside_what_is_pending(
    run: Run, repository: Repository, cloud: emulator.Emulator
) -> None:
    """A field that is neither as applied nor as declared names all three; exit code 2."""
    apply(run, repository, A)
    repository.commit(dcsync=declaration(A.replace("a.example", "new.example"), policy=ALL))
    config = {"url": "https://by-hand.example.com", "signatureSecret": "", "headers": {}}
    change(cloud, "a", httpConfig=config)

    ended = run("drift")

    assert ended.code == 2
    assert ended.out.splitlines()[:2] == [
        f'~ {PROJECT}/a  "a"  in "Store Oslo"  dcsync.yaml:5:3: 1 field changed',
        '    config.url: "https://a.example.com" -> "https://by-hand.example.com"; '
        'declared now: "https://new.example.com"',
    ]


def test_a_live_value_that_is_declared_by_now_is_none(
    run: Run, repository: Repository, cloud: emulator.Emulator
) -> None:
    """An apply that was stopped before the ref moved leaves no drift."""
    apply(run, repository, A)
    repository.commit(dcsync=declaration(A.replace("a.example", "new.example") + B))
    assert run("apply", "--auto-approve").code == 0

    assert run("drift").code == 0
    assert [each["displayName"] for each in cloud.connectors(PROJECT)] == ["a", "b"]


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("deleted", "deleted in the cloud"),
        ("created", "created in the cloud, not declared"),
        ("renamed", 'display_name: "a" -> "By hand"'),
        ("disabled", 'status: "ACTIVE" -> "USER_DISABLED"'),
        ("other events", "event_types: (all) -> [touch]"),
    ],
)
def test_what_somebody_did_in_the_console(
    run: Run, repository: Repository, cloud: emulator.Emulator, name: str, event: str
) -> None:
    """Each is named as what it is."""
    apply(run, repository, "\n  a: {status: ACTIVE, config: {url: https://a.example.com}}" + B)
    match name:
        case "deleted":
            key = cloud.connectors(PROJECT)[1]["name"].rpartition("/")[2]
            cloud.store.connectors.remove(key, PROJECT)
        case "created":
            cloud.add_connector(PROJECT, STRAY)
        case "renamed":
            change(cloud, "a", displayName="By hand")
        case "disabled":
            change(cloud, "a", status="USER_DISABLED")
        case _:
            change(cloud, "b", events=["touch"])

    ended = run("drift")

    assert ended.code == 2
    assert event in ended.out
    assert "Drift: 1 connector differs" in ended.out


@pytest.mark.parametrize(
    "policy", ["{prune: none}", "{prune: previous}", "{prune: all, protect: [stray]}"]
)
def test_what_others_own_is_unmanaged(
    run: Run, repository: Repository, cloud: emulator.Emulator, policy: str
) -> None:
    """Where the policy leaves what nobody declares, it is listed; `--unmanaged` counts it."""
    apply(run, repository, A, policy)
    cloud.add_connector(PROJECT, STRAY)

    lenient, strict = run("drift"), run("drift", "--unmanaged")

    assert lenient.code == 0
    assert '? "stray"' in lenient.out
    assert strict.code == 2


def test_a_changed_secret_is_found_and_never_shown(
    run: Run, repository: Repository, cloud: emulator.Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The revision's reference is resolved with the variables of this run."""
    monkeypatch.setenv("KEY", "the-right-one")
    apply(run, repository, SECRET)
    assert run("drift").code == 0
    config = {"url": "https://a.example.com", "signatureSecret": "the-forged-one", "headers": {}}
    change(cloud, "a", httpConfig=config)

    told = [run("drift", "--format", each) for each in ("text", "json", "markdown")]

    assert [each.code for each in told] == [2, 2, 2]
    assert "config.signature_secret: changed (a secret, not shown)" in told[0].out
    assert not any(word in each.out for each in told for word in ("the-right-one", "the-forged"))


def test_headers_that_came_and_went_are_named_and_not_shown(
    run: Run, repository: Repository, cloud: emulator.Emulator
) -> None:
    """Letter case does not make another header."""
    headers = "headers: {X-Env: prod, X-Gone: here}"
    apply(run, repository, f"\n  a: {{config: {{url: https://a.example.com, {headers}}}}}")
    live = {"x-env": "prod", "X-New": "by-hand"}
    config = {"url": "https://a.example.com", "signatureSecret": "", "headers": live}
    change(cloud, "a", httpConfig=config)

    ended = run("drift")

    assert ended.code == 2
    assert "config.headers.X-Gone: removed (a secret, not shown)" in ended.out
    assert "config.headers.X-New: added (a secret, not shown)" in ended.out
    assert "by-hand" not in ended.out


def test_what_the_service_disabled_is_a_warning(
    run: Run, repository: Repository, cloud: emulator.Emulator
) -> None:
    """Where the status is left out; declared ACTIVE it is drift."""
    apply(run, repository, A)
    change(cloud, "a", status="SYSTEM_DISABLED")
    left_out = run("drift")
    repository.commit(dcsync=declaration(A.replace("{config", "{status: ACTIVE, config")))
    repository.git("update-ref", "refs/dcsync/applied", "HEAD")

    declared = run("drift")

    assert (left_out.code, declared.code) == (0, 2)
    assert "the service has disabled it" in left_out.out
    assert 'status: "ACTIVE" -> "SYSTEM_DISABLED"' in declared.out


def test_a_secret_in_a_file_is_compared_with_the_file_of_today(
    run: Run, repository: Repository, cloud: emulator.Emulator
) -> None:
    """Unless Git knows that the file changed since: then nothing is said of the field."""
    declared = SECRET.replace("${env:KEY}", "${file:key.txt}")
    (repository.folder / "key.txt").write_text("right")
    apply(run, repository, declared)
    assert run("drift").code == 0
    config = {"url": "https://a.example.com", "signatureSecret": "forged", "headers": {}}
    change(cloud, "a", httpConfig=config)
    assert run("drift").code == 2
    change(cloud, "a", httpConfig={**config, "signatureSecret": "right"})
    (repository.folder / "key.txt").write_text("rotated")

    ended = run("drift")

    assert ended.code == 0
    assert "config.signature_secret is not compared" in ended.out
    assert "1 field not compared" in ended.out


def test_a_secret_that_the_listing_masks_is_not_compared(
    run: Run, repository: Repository, cloud: emulator.Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mask is not a changed secret."""
    monkeypatch.setenv("KEY", "right")
    apply(run, repository, SECRET)
    config = {"url": "https://a.example.com", "signatureSecret": "*****", "headers": {}}
    change(cloud, "a", httpConfig=config)

    ended = run("drift")

    assert ended.code == 0
    assert "the listing masks it" in ended.out


def test_unset_variables_are_errors_unless_allowed(
    run: Run, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a plan; what is not compared then is named."""
    monkeypatch.setenv("KEY", "right")
    apply(run, repository, SECRET)
    monkeypatch.delenv("KEY")

    assert run("drift").code == 1
    allowed = run("drift", "--allow-unset")
    assert allowed.code == 0
    assert "1 field not compared" in allowed.out


def test_a_project_that_cannot_be_seen_is_neither_drift_nor_green(
    run: Run, repository: Repository, cloud: emulator.Emulator
) -> None:
    """Exit code 1, also beside drift elsewhere, and the last line says so."""
    cloud.add_project(display_name="Store Bergen", project_id=OTHER)
    repository.commit(one=declaration(A), two=declaration(A, OTHER))
    run("apply", "--auto-approve")
    repository.git("update-ref", "refs/dcsync/applied", "HEAD")
    cloud.fail(f"*/projects/{OTHER}/dataconnectors", status=403, count=None)

    quiet = run("drift")
    change(cloud, "a", events=["touch"])
    alarmed = run("drift")

    assert (quiet.code, alarmed.code) == (1, 1)
    assert "No drift from revision" in quiet.out
    assert "in what could be read" in quiet.out
    assert "1 project not seen" in quiet.out
    assert "cannot be listed" in alarmed.out


def test_two_of_one_name_are_no_alarm(
    run: Run, repository: Repository, cloud: emulator.Emulator
) -> None:
    """What cannot be matched cannot be compared: exit code 1."""
    apply(run, repository, A)
    cloud.add_connector(PROJECT, {**STRAY, "displayName": "a"})

    ended = run("drift")

    assert ended.code == 1
    assert "more than one live connector fits" in ended.out


def test_a_pinned_connector_that_is_gone_is_deleted(
    run: Run, repository: Repository, cloud: emulator.Emulator
) -> None:
    """A plan cannot be made of it, yet what happened is plain."""
    key = cloud.add_connector(PROJECT, STRAY)
    apply(run, repository, f"\n  x: {{id: {key}, config: {{url: https://x.example.com}}}}")
    cloud.store.connectors.remove(key, PROJECT)

    ended = run("drift")

    assert ended.code == 2
    assert "deleted in the cloud" in ended.out


def test_without_an_applied_revision_nothing_can_be_said(run: Run, repository: Repository) -> None:
    """It names the ref and both ways on; a revision can be named."""
    repository.commit(dcsync=declaration(A))
    run("apply", "--auto-approve")

    without = run("drift")
    with_one = run("drift", "--applied", "HEAD")
    misspelt = run("drift", "--applied", "no-such")

    assert without.code == misspelt.code == 1
    assert "refs/dcsync/applied" in without.err
    assert "--applied REV" in without.err
    assert with_one.code == 0


def test_before_the_first_apply_all_is_pending(run: Run, repository: Repository) -> None:
    """The all-zero id is how CI systems name that."""
    repository.commit(dcsync=declaration(A))

    ended = run("drift", "--applied", "0" * 40)

    assert ended.code == 0
    assert "1 pending" in ended.out


def test_a_removed_project_is_looked_at_while_it_is_there(
    run: Run, repository: Repository, cloud: emulator.Emulator
) -> None:
    """What is still live of it may drift; once it is gone there is nothing to say."""
    cloud.add_project(display_name="Store Bergen", project_id=OTHER)
    repository.commit(one=declaration(A), two=declaration(A, OTHER))
    run("apply", "--auto-approve")
    repository.git("update-ref", "refs/dcsync/applied", "HEAD")
    repository.commit(two=None)

    assert run("drift").code == 0
    change(cloud, "a", OTHER, events=["touch"])
    assert run("drift").code == 2
    for each in cloud.connectors(OTHER):
        cloud.store.connectors.remove(each["name"].rpartition("/")[2], OTHER)
    cloud.store.projects.remove(OTHER)
    assert run("drift").code == 0


def accept(folder: Path, *entries: str) -> None:
    text = "".join(f"  - {{{each}}}\n" for each in entries)
    (folder / "drift.accepted.yaml").write_text(f"accepted:\n{text}", "utf-8")


def day(offset: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=offset)).isoformat()


def test_accepted_drift_does_not_count_until_its_last_day(
    run: Run, repository: Repository, cloud: emulator.Emulator
) -> None:
    """Each with its reason; an expired entry counts again; one for nothing is said."""
    apply(run, repository, A + B)
    change(cloud, "a", events=["touch"], labels=["room"])
    entry = "address: '*/a', field: event_types, reason: a test, expires: "
    labels = "address: '*/a', field: labels, reason: a test, expires: "
    unused = f"address: '*/b', field: '*', reason: none, expires: {day(9)}"

    accept(repository.folder, entry + day(0))
    partly = run("drift")
    accept(repository.folder, entry + day(0), labels + day(3), unused)
    wholly = run("drift")
    accept(repository.folder, entry + day(-1), labels + day(3))
    expired = run("drift")
    narrowed = run("drift", f"{PROJECT}/b")

    assert (partly.code, wholly.code, expired.code, narrowed.code) == (2, 0, 2, 0)
    assert f"event_types: accepted until {day(0)}: a test" in partly.out
    assert "labels: (none) -> [room]" in partly.out
    assert "matches no drift, remove it: */b *" in wholly.out
    assert "drift.accepted.yaml:2:5: expired" in expired.out
    assert "matches no drift" not in narrowed.out


def test_deleted_and_created_ones_are_accepted_whole(
    run: Run, repository: Repository, cloud: emulator.Emulator
) -> None:
    """Their field is `*`; a created one is at its project's key and its name."""
    apply(run, repository, A)
    cloud.add_connector(PROJECT, STRAY)
    accept(
        repository.folder,
        f"address: {PROJECT}/stray, field: '*', reason: a trial, expires: {day(1)}",
    )

    assert run("drift").code == 0
    assert [each["kind"] for each in found_by(run)["accepted"]] == ["created"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("accepted: [{address: a}]", "1:12: error: item 1 of 'accepted' needs 'field'"),
        ("accepted:\n- {adress: a}", "2:4: error: unknown key 'adress' (did you mean 'address'?)"),
        ("dcsync: 1", "1:1: error: unknown key 'dcsync'"),
        ("[]", "1:1: error: must be a mapping"),
        ("", "1:1: error: must be one document"),
        ("{}", "the file needs 'accepted'"),
        ("accepted: [", "error: not YAML"),
        (
            "accepted: [{address: a, field: b, reason: c, expires: tomorrow}]",
            "'expires' must be a date such as 2026-12-31",
        ),
        (
            "accepted: [{address: a, field: b, reason: c, expires: 2026-02-31}]",
            "'expires' must be a valid date",
        ),
        (
            "accepted: [{address: a, field: b, reason: '', expires: 2026-02-01}]",
            "must not be empty",
        ),
        ("accepted: [{address: 1, field: b, reason: c, expires: 2026-02-01}]", "must be a string"),
        ("accepted: 7", "'accepted' must be a list"),
    ],
)
def test_every_problem_of_the_file_has_its_place(
    run: Run, repository: Repository, text: str, message: str
) -> None:
    """A mistake in it is no silent acceptance: exit code 1."""
    apply(run, repository, A)
    (repository.folder / "drift.accepted.yaml").write_text(text, "utf-8")

    ended = run("drift")

    assert ended.code == 1
    assert message in ended.err


def test_a_named_file_must_be_there(run: Run, repository: Repository) -> None:
    """Only the default one may be missing."""
    apply(run, repository, A)

    assert run("drift", "--accepted", "no-such.yaml").code == 1


def test_a_store_that_was_found_since_is_pending(
    run: Run, repository: Repository, cloud: emulator.Emulator
) -> None:
    """Where the applied revision searches for its projects, a new one was not applied yet."""
    [organization] = cloud.store.organizations.of()
    fleet = (
        f"dcsync: 1\nprojects: {{discover: {{organization: {organization}}}}}\n"
        f"policy: {{prune: none}}\nconnectors:{A}\n"
    )
    repository.commit(dcsync=fleet)
    assert run("apply", "--auto-approve").code == 0
    repository.git("update-ref", "refs/dcsync/applied", "HEAD")
    cloud.add_project(display_name="Store Bergen", project_id=OTHER)

    ended = run("drift")

    assert ended.code == 0
    assert f"> {OTHER}/a" in ended.out


def test_a_project_whose_id_is_a_variable_is_seen(
    run: Run, repository: Repository, monkeypatch: pytest.MonkeyPatch, cloud: emulator.Emulator
) -> None:
    """As in the starter folder: the variables of this run say which project was applied."""
    monkeypatch.setenv("DCSYNC_VAR_PROJECT_ID", PROJECT)
    repository.commit(dcsync=declaration(A, "${env:DCSYNC_VAR_PROJECT_ID}"))
    assert run("apply", "--auto-approve").code == 0
    repository.git("update-ref", "refs/dcsync/applied", "HEAD")

    assert run("drift").code == 0
    change(cloud, "a", events=["touch"])
    assert run("drift").code == 2


def test_a_file_that_is_left_out_is_refused(run: Run, repository: Repository) -> None:
    """What the others declare would look as if nobody did: exit code 3, as for a plan."""
    more = f"dcsync: 1\nproject: {PROJECT}\nconnectors:{B}\n"
    repository.commit(one=declaration(A, policy=ALL), two=more)
    assert run("apply", "--auto-approve").code == 0
    repository.git("update-ref", "refs/dcsync/applied", "HEAD")

    assert run("drift", "-f", "one.yaml").code == 3
    assert run("drift").code == 0


def test_markdown_for_an_issue(run: Run, repository: Repository, cloud: emulator.Emulator) -> None:
    """A marker, the tally and the drift in a fence."""
    apply(run, repository, A)
    change(cloud, "a", displayName="``` <!-- @team", events=["touch"])

    ended = run("drift", "--format", "markdown")

    assert ended.out.startswith("<!-- dcsync-drift -->\n### dcsync drift\n\nDrift: 1 connector")
    assert "````diff\n@@ ~" in ended.out
    assert "<!-- @team" not in ended.out


def test_projects_are_called_by_their_names(
    run: Run, repository: Repository, cloud: emulator.Emulator
) -> None:
    """Beside the address, where a person reads it; a program gets the ids."""
    apply(run, repository, A)
    change(cloud, "a", events=["touch"])

    assert f'{PROJECT}/a  "a"  in "Store Oslo"' in run("drift").out
    assert "Store Oslo" not in run("drift", "--format", "json").out


def test_json_has_the_three_sides(
    run: Run, repository: Repository, cloud: emulator.Emulator
) -> None:
    """Field by field, with the counts and the commit."""
    apply(run, repository, A)
    change(cloud, "a", events=["touch"])

    found = found_by(run)

    assert found["applied"] == repository.git("rev-parse", "HEAD")
    assert found["summary"] | {"drifted": 1, "as_applied": 0} == found["summary"]
    assert found["drift"][0]["kind"] == "changed"
    assert found["drift"][0]["fields"] == [
        {
            "path": "event_types",
            "applied": None,
            "live": ["touch"],
            "declared": None,
            "is_declared_otherwise": False,
            "sensitive": False,
        }
    ]
