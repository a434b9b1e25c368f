"""`watch --resume` after the declaration was changed: refused, or gone on with."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from dcsync import emulator
from dcsync.errors import RefusedError
from dcsync.session.files.journal import Journal
from tests.emulator.conftest import Endpoint, listening
from tests.watch.conftest import Run
from tests.watch.test_watch_command import OSLO

Declared = dict[str, Any]
Change = Callable[[Declared], object]
OPTIONS = ("watch", "--format", "json", "--resume", "state", "--since", "1h")


def declare(folder: Path, change: Change = lambda _: None) -> None:
    """One connector, and what the change makes of it."""
    ingest = {"labels": ["name"], "config": {"url": "https://ingest.example.com"}}
    declared: Declared = {
        "dcsync": 1,
        "project": OSLO,
        "policy": {"prune": "none"},
        "connectors": {"ingest": ingest},
    }
    change(declared)
    (folder / "connectors.yaml").write_text(yaml.safe_dump(declared))


def ingest(**changes: Any) -> Change:
    return lambda declared: declared["connectors"]["ingest"].update(changes)


def beside(**connectors: Any) -> Change:
    return lambda declared: declared["connectors"].update(connectors)


@pytest.fixture
def fridge(cloud: emulator.Emulator, tmp_path: Path) -> str:
    declare(tmp_path)
    cloud.add_project("Oslo", OSLO)
    return cloud.add_device(OSLO, "temperature", {"name": "Fridge", "room": "99"})


OTHER: dict[str, Change] = {
    "a label more": ingest(labels=["name", "room"]),
    "no labels": ingest(labels=[]),
    "event types": ingest(event_types=["temperature"]),
    "device types": ingest(watch={"device_types": ["temperature"]}),
    "label filters": ingest(watch={"label_filters": {"room": "99"}}),
    "a connector more": beside(archive={"config": {"url": "https://archive.example.com"}}),
    "another address": lambda declared: declared["connectors"].update(
        renamed=declared["connectors"].pop("ingest")
    ),
}
SAME: dict[str, Change] = {
    "display name": ingest(display_name="Another name"),
    "status": ingest(status="USER_DISABLED"),
    "endpoint": ingest(config={"url": "https://b.example.com", "signature_secret": "${env:UNSET}"}),
}


@pytest.mark.parametrize("change", OTHER.values(), ids=OTHER)
def test_what_chooses_other_events_is_refused(
    change: Change, cloud: emulator.Emulator, fridge: str, run: Run, tmp_path: Path
) -> None:
    """What was left out before cannot be shown later; nothing is watched, the file stays as it is,
    and with the old declaration the watch goes on."""
    cloud.publish(OSLO, fridge, "temperature", {"value": 1})
    assert run(*OPTIONS, "--count", "1").returncode == 0
    before = (tmp_path / "state").read_bytes()
    missed = cloud.publish(OSLO, fridge, "temperature", {"value": 2})["eventId"]
    calls = len(cloud.calls)

    declare(tmp_path, change)
    refused = run(*OPTIONS, "--count", "1")

    assert (refused.returncode, refused.stdout) == (3, ""), refused.stderr
    assert "was written for other connectors or filters" in refused.stderr
    assert (tmp_path / "state").read_bytes() == before
    assert len(cloud.calls) == calls
    declare(tmp_path)
    assert json.loads(run(*OPTIONS, "--count", "1").stdout)["eventId"] == missed


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_what_chooses_no_events_may_change(
    change: Change, cloud: emulator.Emulator, fridge: str, run: Run, tmp_path: Path
) -> None:
    """Names, endpoints, secrets: the watch goes on."""
    cloud.publish(OSLO, fridge, "temperature", {"value": 1})
    assert run(*OPTIONS, "--count", "1").returncode == 0
    missed = cloud.publish(OSLO, fridge, "temperature", {"value": 2})["eventId"]

    declare(tmp_path, change)
    done = run(*OPTIONS, "--count", "1")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["eventId"] == missed


def test_forwarded_labels_and_secrets_may_change(
    cloud: emulator.Emulator, fridge: str, run: Run, tmp_path: Path
) -> None:
    """With `--forward-to` labels choose no devices: the next start forwards the new ones, signed
    with the new secret."""
    with listening() as endpoint:
        forward(endpoint, cloud, fridge, run)
        secret = "a rotated secret, of at least 32 bytes as well"
        config = {"url": "https://ingest.example.com", "signature_secret": secret}
        declare(tmp_path, ingest(labels=["room"], config=config))
        forward(endpoint, cloud, fridge, run)

    (first, _), (second, _) = endpoint.received
    assert [body["labels"] for body in endpoint.bodies] == [{"name": "Fridge"}, {"room": "99"}]
    assert "X-Dt-Signature" not in first
    assert "X-Dt-Signature" in second


def forward(endpoint: Endpoint, cloud: emulator.Emulator, device_id: str, run: Run) -> None:
    cloud.publish(OSLO, device_id, "temperature", {"value": 1})
    done = run(*OPTIONS, "--count", "1", "--forward-to", endpoint.url)
    assert done.returncode == 0, done.stderr


def test_of_two_first_starts_one_is_refused(tmp_path: Path) -> None:
    """Neither found a file, and only one may begin it."""
    path = tmp_path / "state"
    with closing(Journal(path)) as one, closing(Journal(path)) as other:
        one.rewrite([{"one": 1}])
        with pytest.raises(RefusedError, match="another run is using it"):
            other.rewrite([{"other": 1}])
        assert [each.name for each in tmp_path.iterdir()] == ["state"]
        assert list(one.read()) == [{"one": 1}]
