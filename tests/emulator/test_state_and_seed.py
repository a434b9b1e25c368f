"""What a cloud starts with and what it keeps: seed files, state files, restarts."""

from __future__ import annotations

import random
import stat
from pathlib import Path
from typing import Any

import pytest
import requests

from dcsync import emulator
from dcsync.emulator.store import Table
from tests.emulator.conftest import PROJECT, Api, Endpoint

HTTP = {"type": "HTTP_PUSH", "displayName": "Ingest", "httpConfig": {"url": "https://example.com"}}
SEED = """
organization: {id: bv4p8ng7ubc4hs2knlk0, display_name: Bakeries}
projects:
  - id: c0md3pm0p7bet3vico8g
    display_name: Head office
    labels: {region: north}
    devices:
      - {id: c18q2m0o7rjc73f1v2kg, type: temperature, labels: {name: Oven}}
    connectors:
      - {type: HTTP_PUSH, displayName: Ingest, httpConfig: {url: "https://example.com"}}
service_accounts:
  - {key_id: c16pegipidie7lltrefg, secret: made-up, email: a@example.com, role: project.user}
"""


def test_state_outlives_the_process(
    tmp_path: Path, clock: emulator.ManualClock, endpoint: Endpoint
) -> None:
    """Projects, devices, connectors, events, accounts, tokens, keys and queues are all kept."""
    path = tmp_path / "world.db"
    endpoint.statuses = [503]
    with emulator.running(state=path, clock=clock) as cloud:
        project = cloud.add_project("Head office", PROJECT)
        device = cloud.add_device(project, "touch", {"name": "Bell"})
        cloud.add_connector(project, {**HTTP, "httpConfig": {"url": endpoint.url}})
        gone = cloud.add_connector(project, HTTP)
        Api(cloud, cloud.account).call("DELETE", f"/projects/{PROJECT}/dataconnectors/{gone}")
        event = cloud.publish(project, device, "touch")
        cloud.wait_for_deliveries()
        before = (cloud.account, cloud.connectors(project), cloud.device(device))
        key_ids = [key["kid"] for key in cloud.signing_keys.jwks(0)["keys"]]

    clock.advance(1)
    with emulator.running(state=path, clock=clock) as cloud:
        after = (cloud.account, cloud.connectors(PROJECT), cloud.device(device))
        past = Api(cloud, cloud.account).get(f"/projects/{PROJECT}/devices/{device}/events")
        assert cloud.wait_for_deliveries()
        assert [key["kid"] for key in cloud.signing_keys.jwks(0)["keys"]] == key_ids

    assert after == before
    assert past["events"] == [event]
    assert endpoint.event_ids == [event["eventId"]] * 2


def test_state_is_kept_call_by_call(tmp_path: Path) -> None:
    """What a call answered is in the file when its answer arrives, and a lost answer's as well."""
    import shutil

    path, copy = tmp_path / "world.db", tmp_path / "copy.db"
    with emulator.running(state=path) as cloud:
        cloud.add_project("Head office", PROJECT)
        cloud.fail(method="POST", drop=True, acts=True)
        api = Api(cloud, cloud.account)
        with api.session, pytest.raises(requests.ConnectionError):
            api.call("POST", f"/projects/{PROJECT}/dataconnectors", HTTP)
        live = cloud.connectors(PROJECT)
        for suffix in ("", "-wal"):  # as a machine that loses power would leave them
            shutil.copy(f"{path}{suffix}", f"{copy}{suffix}")

    with emulator.running(state=copy) as cloud:
        assert cloud.connectors(PROJECT) == live
        assert len(live) == 1


def tables(cloud: emulator.Emulator) -> dict[tuple[str, str], list[Any]]:
    """Everything by table and parent, in order."""
    found: dict[tuple[str, str], list[Any]] = {}
    for name, table in vars(cloud.store).items():
        for parent, key, value in table.items() if isinstance(table, Table) else ():
            found.setdefault((name, parent), []).append((key, value))
    return found


def test_every_table_outlives_the_process(
    tmp_path: Path, clock: emulator.ManualClock, endpoint: Endpoint
) -> None:
    """After a busy life a restarted cloud remembers all of it, in order, and leaves one file."""
    path = tmp_path / "world.db"
    endpoint.statuses = [200, 503] * 50
    dice = random.Random(3)
    seed = emulator.DEFAULT_SEED
    with emulator.running(state=path, seed=seed, clock=clock, quota=None) as cloud:
        projects = list(cloud.store.projects.of())
        for _ in range(100):
            project = dice.choice(projects)
            devices = list(cloud.store.devices.of(project).values())
            live = cloud.connectors(project)
            match dice.randrange(4):
                case 0:
                    cloud.add_connector(project, {**HTTP, "httpConfig": {"url": endpoint.url}})
                case 1 if live:
                    cloud.store.connectors.remove(live[0]["name"].rpartition("/")[2], project)
                case 2 if devices:
                    cloud.set_labels(dice.choice(devices), {"room": str(dice.random())})
                case 3 if devices:
                    device_id = devices[0]["name"].rpartition("/")[2]
                    cloud.publish(project, device_id, "touch")
                case _:
                    clock.advance(0.1)
        assert cloud.wait_for_deliveries()

    before = tables(cloud)
    with emulator.running(state=path, clock=clock) as cloud:
        after = tables(cloud)

    assert sum(map(len, before.values())) > 100
    assert after == before
    assert [file.name for file in tmp_path.iterdir()] == ["world.db"]


def test_order_outlives_the_process(tmp_path: Path) -> None:
    """Listings come in the order of creation after a restart, whatever was changed since."""
    path = tmp_path / "world.db"
    with emulator.running(state=path) as cloud:
        cloud.add_project("Head office", PROJECT)
        ids = [cloud.add_connector(PROJECT, HTTP) for _ in range(3)]
        api = Api(cloud, cloud.account)
        with api.session:
            api.call("PATCH", f"/projects/{PROJECT}/dataconnectors/{ids[0]}", {"displayName": "x"})

    with emulator.running(state=path) as cloud:
        names = [connector["name"].rpartition("/")[2] for connector in cloud.connectors(PROJECT)]

    assert names == ids


def test_state_file_is_private(tmp_path: Path) -> None:
    """Only its owner reads the file: it holds secrets."""
    path = tmp_path / "world.db"
    with emulator.running(state=path):
        mode = stat.S_IMODE(path.stat().st_mode)

    assert mode == 0o600


def test_state_that_is_none(tmp_path: Path) -> None:
    """A file that is no state, or one in use, is told and left alone."""
    path = tmp_path / "notes.txt"
    path.write_text("a note, not a state\n" * 100)

    with (
        pytest.raises(ValueError, match=r"notes\.txt is not a state file"),
        emulator.running(state=path),
    ):
        pass

    state = tmp_path / "world.db"
    with (
        emulator.running(state=state),
        pytest.raises(ValueError, match=r"world\.db is not a state file .* or is in use"),
        emulator.running(state=state),
    ):
        pass
    assert path.read_text().startswith("a note")


def test_seed_file(tmp_path: Path) -> None:
    """A YAML file says which organization, projects, devices, connectors and accounts there are."""
    path = tmp_path / "seed.yaml"
    path.write_text(SEED)

    with emulator.running(seed=path) as cloud:
        api = Api(cloud, cloud.account)
        with api.session:
            project = api.get(f"/projects/{PROJECT}")
            [device] = api.get(f"/projects/{PROJECT}/devices")["devices"]
        [connector] = cloud.connectors(PROJECT)

    assert (project["displayName"], project["labels"]) == ("Head office", {"region": "north"})
    assert project["organizationDisplayName"] == "Bakeries"
    assert device["labels"] == {"name": "Oven"}
    assert connector["displayName"] == "Ingest"
    assert (cloud.account.secret, cloud.account.role) == ("made-up", "project.user")


def test_seed_is_for_an_empty_state(tmp_path: Path) -> None:
    """A state that holds projects already is not seeded again."""
    state = tmp_path / "world.db"
    for _ in range(2):
        with emulator.running(state=state, seed=emulator.DEFAULT_SEED) as cloud:
            assert len(cloud.store.projects.of()) == 5


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[]", "a seed is a mapping"),
        ("a: [", r"seed\.yaml:1:5: not YAML"),
        ("proyects: []", "unknown key proyects"),
        ("projects: [7]", r"projects\[0\]: must be a mapping"),
        ("projects: [{name: x}]", r"projects\[0\]: unknown key name"),
        ("projects: [{devices: [{type: teapot}]}]", "teapot is not a device type"),
        ("projects: [{connectors: [{type: FTP}]}]", r"connectors\[0\]: type must be one of"),
        ("service_accounts: [{role: king}]", "king is not a role"),
        ("projects: [{id: 12345678901234567890}]", "12345678901234567890 is not an id"),
        ("projects: [{id: a/b}]", "'a/b' is not an id"),
        (
            "projects: [{devices: [{type: touch, labels: {room: 99}}]}]",
            "'room': 99 must be a string",
        ),
    ],
)
def test_bad_seed(tmp_path: Path, text: str, problem: str) -> None:
    """What is wrong with a seed is told with its place, and nothing is left running."""
    path = tmp_path / "seed.yaml"
    path.write_text(text)

    with pytest.raises(ValueError, match=problem), emulator.running(seed=path):
        pass


def test_default_seed() -> None:
    """The command's world: an inventory, four projects with several device types, and in the
    stores a connector each, whose id can be named in advance.
    """
    projects: list[dict[str, Any]] = emulator.DEFAULT_SEED["projects"]

    assert [project["display_name"] for project in projects if not project.get("inventory")] == [
        "Head office",
        "Store Bergen",
        "Store Oslo",
        "Cloud lab",
    ]
    with emulator.running(seed=emulator.DEFAULT_SEED) as cloud:
        live = {each["display_name"]: cloud.connectors(each["id"]) for each in projects}
    assert {name: [each["name"] for each in found] for name, found in live.items() if found} == {
        "Store Bergen": ["projects/c14u9p094l47cdv1o3pg/dataconnectors/c5h2rq8fa8nc73b5k0g0"],
        "Store Oslo": ["projects/c16pegipidie7lltrefg/dataconnectors/c5h2rq8fa8nc73b5k0gg"],
    }
    for project in projects[1:]:
        kinds = {device["type"] for device in project["devices"]}
        assert len(kinds) >= 3
        assert all({"name", "room"} <= set(device["labels"]) for device in project["devices"])
