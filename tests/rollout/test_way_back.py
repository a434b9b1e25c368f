"""The plan that puts all back: saved before the first write, secrets by reference only."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ended
from tests.rollout.conftest import IDS, KEYS, SECRET, Fleet

OLD, OTHER = "an-old-token", "a-header-nobody-refers-to"
BEFORE = """
  same: {config: {url: https://same.example.com}}
  moved: {config: {url: https://a.example.com, headers: {X-Kept: '${env:TOKEN}'}}}
  fields: {event_types: [touch], labels: [name], config: {url: https://f.example.com}}
  off: {config: {url: https://off.example.com}}
  named: {display_name: Old name, config: {url: https://n.example.com}}
  kind: {config: {url: https://k.example.com, signature_secret: '${env:SIGNATURE}'}}
  signed: {config: {url: https://s.example.com}}
  gone:
    status: USER_DISABLED
    labels: [room]
    config:
      url: https://g.example.com/dt
      signature_secret: ${env:SIGNATURE}
      headers: {Authorization: 'Bearer ${env:TOKEN}'}
"""
AFTER = """
  same: {config: {url: https://same.example.com}}
  moved: {config: {url: https://b.example.com, headers: {X-Kept: '${env:TOKEN}'}}}
  fields: {event_types: [co2], labels: [room], config: {url: https://f.example.com}}
  off: {status: USER_DISABLED, config: {url: https://off.example.com}}
  named: {display_name: New name, renamed_from: [Old name], config: {url: https://n.example.com}}
  kind: {type: GOOGLE_CLOUD_PUBSUB, config: {topic: projects/g/topics/t, audience: x}}
  signed: {config: {url: https://s.example.com, signature_secret: '${env:SIGNATURE}'}}
  fresh: {config: {url: https://new.example.com}}
"""


@pytest.fixture
def stores(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> Fleet:
    """One store as it was before."""
    monkeypatch.setenv("TOKEN", OLD)
    one(fleet, BEFORE)
    assert fleet.run("apply", "--auto-approve").code == 0
    one(fleet, AFTER)
    return fleet


def one(fleet: Fleet, connectors: str) -> None:
    """Declare these connectors for the first store alone."""
    (fleet.folder / "fleet.yaml").write_text(
        f"dcsync: 1\nprojects:\n  oslo: {{id: {IDS['oslo']}}}\n"
        f"policy: {{prune: all, max_deletes: 9}}\nconnectors:{connectors}",
        "utf-8",
    )


def saved(fleet: Fleet) -> Path:
    """The one reverse plan in the folder."""
    [path] = fleet.folder.glob("dcsync-reverse-*.json")
    return path


def put_back(fleet: Fleet, *arguments: str) -> Ended:
    return fleet.run("apply", "--plan", saved(fleet).name, *arguments)


@pytest.mark.slow
def test_everything_is_put_back(stores: Fleet) -> None:
    """What was created goes, what was changed is as it was, what was deleted is there again."""
    before = stores.live()

    rolled = stores.run("apply", "--auto-approve", "--waves", "100%")
    between = stores.live()
    shown = stores.run("show", saved(stores).name)
    back = put_back(stores)
    again = put_back(stores)

    assert rolled.code == 0
    assert f"To roll back: dcsync apply --plan {saved(stores).name}" in rolled.out
    assert between != before
    assert "Plan: 2 to create, 5 to update, 0 to replace, 2 to delete." in shown.out
    assert back.code == 0
    assert stores.live() == before
    assert "it gets a new id" in back.out
    assert (again.code, again.out) == (0, "No changes. 7 connectors match.\n")


def test_no_secret_is_in_it(stores: Fleet) -> None:
    """Only references; and nothing that is printed has one."""
    rolled = stores.run("apply", "--auto-approve", "--waves", "100%")
    back = put_back(stores, "--format", "json")

    text = saved(stores).read_text("utf-8")
    assert '"Authorization": "Bearer ${env:TOKEN}"' in text
    for secret in (SECRET, OLD):
        assert all(secret not in each for each in (text, rolled.out, rolled.err, back.out))


@pytest.mark.parametrize(
    ("writes", "acts"),
    [(0, True), (5, True), (6, False), (7, True), (9, True)],
)
def test_a_rollout_that_died_anywhere_is_put_back(stores: Fleet, writes: int, acts: bool) -> None:
    """Whatever it came to: nothing is doubled, nothing is left."""
    before = stores.live()
    fault = stores.cloud.fail(
        path="/v2/*/dataconnectors*", after=1 + writes, count=None, status=403, acts=acts
    )
    stores.run("apply", "--auto-approve", "--waves", "100%")
    stores.cloud.heal(fault)

    back = put_back(stores)

    assert back.code == 0
    assert stores.live() == before


@pytest.mark.parametrize("calls", [2, 6, 9])
def test_putting_back_that_died_goes_on(stores: Fleet, calls: int) -> None:
    """The same command once more ends it."""
    before = stores.live()
    stores.run("apply", "--auto-approve", "--waves", "100%")
    fault = stores.cloud.fail(
        path="/v2/*/dataconnectors*", after=calls, count=None, status=403, acts=calls > 5
    )
    put_back(stores)
    stores.cloud.heal(fault)

    assert put_back(stores).code == 0
    assert stores.live() == before


def test_what_no_reference_stands_for_is_said(
    applied: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rotated secret, a header made by hand: named before anything is changed, never written."""
    store = IDS["oslo"]
    config = {
        "url": "https://h.example.com/dt?key=abc123",
        "signatureSecret": SECRET,
        "headers": {"X-By-Hand": OTHER},
    }
    resource = {"displayName": "by hand", "type": "HTTP_PUSH", "httpConfig": config}
    applied.cloud.add_connector(store, resource)
    resource = {
        **resource,
        "displayName": "also",
        "httpConfig": {**config, "url": "https://h.example.com"},
    }
    applied.cloud.add_connector(store, resource)
    applied.declare("a", config=", signature_secret: '${env:SIGNATURE}'")
    applied.run("apply", "--auto-approve", "oslo/ingest")
    monkeypatch.setenv("SIGNATURE", "a-rotated-secret")
    applied.declare("b", config=", signature_secret: '${env:SIGNATURE}'")

    report = json.loads(
        applied.run(
            *("apply", "--auto-approve", "--format=json"),
            *("--waves=100%", "--reverse=back.json"),
        ).out
    )
    back = applied.run("apply", "--plan", "back.json")

    lost = "\n".join(report["rollout"]["not_restorable"])
    assert "oslo/ingest, oslo/also: config.signature_secret, because no reference" in lost
    assert "oslo/by-hand: all of it, because no reference has a part of its endpoint" in lost
    assert "oslo/also: config.headers.X-By-Hand, because no reference" in lost
    text = (applied.folder / "back.json").read_text("utf-8")
    for secret in (SECRET, OTHER, "abc123", "a-rotated-secret"):
        assert secret not in text + back.out + back.err
    assert back.code == 0
    live = {each["displayName"]: each["httpConfig"] for each in applied.live()["oslo"]}
    assert live["ingest"]["signatureSecret"] == "a-rotated-secret"
    assert live["ingest"]["url"].endswith("/a")
    assert live["also"]["headers"] == {}
    assert "by hand" not in live


def test_a_secret_in_the_path_of_a_url_is_a_reference(
    applied: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As incoming webhooks have one: the way back holds the reference, and puts the value back."""
    monkeypatch.setenv("HOOK", "T0ken-in-a-path")
    hook = '\n  hook: {config: {url: "https://h.example.com/%s/${env:HOOK}/in?k=${env:HOOK}"}}'
    applied.declare("a", more=hook % "a")
    applied.run("apply", "--auto-approve")
    before = applied.live()
    applied.declare("a", more=hook % "b")

    rolled = applied.run("apply", "--auto-approve", "--reverse=back.json")
    shown = applied.run("show", "back.json")
    back = applied.run("apply", "--plan", "back.json")

    assert (rolled.code, back.code) == (0, 0)
    text = (applied.folder / "back.json").read_text("utf-8")
    assert "/a/${env:HOOK}/in?k=${env:HOOK}" in text
    assert "T0ken" not in text + rolled.out + rolled.err + shown.out + back.out + back.err
    assert applied.live() == before


def test_a_secret_that_comes_through_a_variable_is_a_reference(
    applied: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`vars` of the file or of a project may hold the reference: the way back restores it too."""
    monkeypatch.setenv("HOOK", "T0ken-in-a-path")
    shared = "vars: {hook: 'in/${env:HOOK}', key: '${env:HOOK}'}\n"
    hook = '  hook: {config: {url: "https://h.example.com/%s/${var:hook}", headers: {X-Key: "%s"}}}'
    declaration = applied.folder / "fleet.yaml"
    applied.declare("a", more=hook % ("a", "${var:key}"))
    declaration.write_text(declaration.read_text("utf-8") + f"\n{shared}", "utf-8")
    applied.run("apply", "--auto-approve")
    before = applied.live()
    applied.declare("a", more=hook % ("b", "plain"))
    declaration.write_text(declaration.read_text("utf-8") + f"\n{shared}", "utf-8")

    rolled = applied.run("apply", "--auto-approve", "--reverse=back.json")
    back = applied.run("apply", "--plan", "back.json")

    assert (rolled.code, back.code) == (0, 0)
    assert (
        "T0ken" not in (applied.folder / "back.json").read_text("utf-8") + rolled.out + rolled.err
    )
    assert applied.live() == before


def test_what_somebody_changed_since_is_left(applied: Fleet) -> None:
    """It is neither as it was nor as the rollout left it, so it is blocked; the rest is done."""
    applied.declare("b", more="  fresh: {config: {url: https://new.example.com}}")
    applied.run("apply", "--auto-approve", "--waves", "100%")
    for name in ("ingest", "fresh"):
        [live] = [
            each for each in applied.cloud.connectors(IDS["oslo"]) if each["displayName"] == name
        ]
        changed = {**live, "httpConfig": {**live["httpConfig"], "url": "https://mine.example.com"}}
        key = str(live["name"]).rpartition("/")[2]
        applied.cloud.store.connectors.put(key, changed, IDS["oslo"])

    back = put_back(applied)

    assert back.code == 5
    assert back.out.count("blocked: changed since") == 2
    assert applied.paths() == ["mine.example.com mine.example.com", "a", "a", "a"]


def test_a_variable_that_is_not_set_any_more(
    stores: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named, and nothing is changed."""
    stores.run("apply", "--auto-approve", "--waves", "100%")
    between = stores.live()
    monkeypatch.delenv("TOKEN")

    back = put_back(stores)

    assert back.code == 1
    assert "variable TOKEN is not set" in back.err
    assert stores.live() == between


def test_a_file_that_somebody_edited_is_refused(stores: Fleet) -> None:
    """As any saved plan that does not fit its digest."""
    stores.run("apply", "--auto-approve", "--waves", "100%")
    between = stores.live()
    path = saved(stores)
    path.write_text(path.read_text("utf-8").replace("g.example.com", "evil.example.com"), "utf-8")

    assert put_back(stores).code == 3
    content = json.loads(path.read_text("utf-8"))
    del content["reverse"]["projects"][0]["known"]
    path.write_text(json.dumps(content), "utf-8")
    assert put_back(stores).code == 1
    assert stores.live() == between


@pytest.mark.slow
def test_a_continued_rollout_names_the_way_back_of_what_came_before(applied: Fleet) -> None:
    """Each run saves what it changes itself: the later one is put back first, then the earlier."""
    before = applied.live()
    applied.declare("b")
    fault = applied.hide("oslo")
    stopped = applied.roll_out()
    [first] = applied.folder.glob("dcsync-reverse-*.json")
    applied.cloud.heal(fault)

    ended = applied.roll_out()

    [second] = {*applied.folder.glob("dcsync-reverse-*.json")} - {first}
    assert "earlier runs" not in stopped.out
    assert f"--plan {second.name}\n  then, to roll back earlier runs: {first.name}" in ended.out
    for each in (second, first):
        assert applied.run("apply", "--plan", each.name).code == 0
    assert applied.live() == before


def test_a_file_that_no_run_saved_is_no_way_back(stores: Fleet) -> None:
    """A link to nothing, a pipe or another name neither stops the run nor is named."""
    (stores.folder / "dcsync-reverse-aaaaaaaa.json").symlink_to("nowhere")
    os.mkfifo(stores.folder / "dcsync-reverse-bbbbbbbb.json")
    (stores.folder / "dcsync-reverse-.json").mkdir()
    (stores.folder / "dcsync-reverse-read this.json").write_text("x")

    ended = stores.run("apply", "--auto-approve", "--waves", "100%")

    assert ended.code == 0
    assert "earlier runs" not in ended.out


def test_a_way_back_takes_no_place_of_another(
    applied: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two changes behind one reference have the same digest; each way back is kept."""
    hook = '\n  hook: {config: {url: "https://${env:HOST}.example.com/in"}}'
    hosts = []
    for host in ("one", "two", "three"):
        monkeypatch.setenv("HOST", host)
        applied.declare("a", more=hook)
        assert applied.run("apply", "--auto-approve", "--waves", "100%").code == 0
        hosts.append(len(list(applied.folder.glob("dcsync-reverse-*.json"))))

    assert hosts == [1, 2, 3]


def test_without_a_way_back_nothing_is_changed(stores: Fleet) -> None:
    """Where it cannot be written, the rollout does not begin."""
    before = stores.live()

    ended = stores.run(
        *("apply", "--auto-approve", "--waves", "100%", "--reverse", "no-such-folder/back.json")
    )

    assert ended.code == 1
    assert "no-such-folder/back.json: cannot be written" in ended.err
    assert stores.live() == before


def test_an_earlier_way_back_is_not_overwritten(applied: Fleet) -> None:
    """The same command once more would lose what the first run has changed."""
    applied.declare("b")
    applied.hide("bergen")
    assert applied.roll_out("--reverse", "back.json").code == 5
    text = (applied.folder / "back.json").read_text("utf-8")

    ended = applied.roll_out("--reverse", "back.json")

    assert (ended.code, applied.paths()) == (3, ["b", "b", "a", "a"])
    assert "back.json exists, and may be" in ended.err
    assert (applied.folder / "back.json").read_text("utf-8") == text


def test_it_brings_its_own_selection(stores: Fleet) -> None:
    """Other files or addresses beside it are a mistake."""
    stores.run("apply", "--auto-approve", "--waves", "100%")

    assert put_back(stores, "-f", "fleet.yaml").code == 64
    assert put_back(stores, "--allow-deletes", "1").code == 64


@pytest.mark.slow
def test_it_is_rolled_out_as_any_plan(applied: Fleet) -> None:
    """The way back of a failed wave, in waves and verified."""
    applied.declare("b")
    fault = applied.hide("bergen")
    assert applied.roll_out().code == 5
    applied.cloud.heal(fault)

    back = put_back(applied, "--waves", "1,100%", "--verify", "--settle=0")

    assert back.code == 0
    assert applied.paths() == ["a"] * 4
    assert "Rollout complete: 2 waves, 2 projects, proven." in back.out


def test_a_plain_apply_saves_one_on_request(stores: Fleet) -> None:
    """--reverse alone; without it and without waves no file is written."""
    before: dict[str, Any] = stores.live()

    stores.run("apply", "--auto-approve", "--reverse", "back.json")
    ended = stores.run("apply", "back.json")

    assert ended.code == 0
    assert stores.live() == before
    assert not list(stores.folder.glob("dcsync-reverse-*"))
    assert len(KEYS) == len(stores.live())
