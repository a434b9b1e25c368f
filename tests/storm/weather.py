"""Random projects, declarations and troubles for whole runs of the command line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

from dcsync import emulator
from tests.apply.conftest import PROJECT

APPLY = ("apply", "--auto-approve", "--settle", "0", "--allow-deletes", "99")
NAMES = "abcde"
MARK = " [replaced by dcsync]"
URLS = ("https://a.example.com/dt", "https://b.example.com/dt")
SECRET = "storm-secret-"
TROUBLES: tuple[dict[str, Any], ...] = (
    {"drop": True},
    {"drop": True, "acts": True},
    {"status": 500},
    {"status": 502, "acts": True, "body": "<html>"},
    {"status": 503},
    {"status": 504, "acts": True},
    {"status": 403},
    {"status": 400},
    {"status": 429},
    {"status": 200, "body": "{", "acts": True},
    {"truncate_at": 7},
)
"""What meets calls. No lie is among them: a success or a 404 where the server did not act."""
METHODS = ("GET", "POST", "PATCH", "DELETE")


class Weather:
    """What a seed makes of a project."""

    def __init__(self, seed: str, cloud: emulator.Emulator, folder: Path) -> None:
        self.random = Random(seed)
        self.cloud = cloud
        self.folder = folder
        cloud.add_project(project_id=PROJECT)

    def declare(self) -> list[str]:
        """Write a declaration; the display names in it."""
        names = self.random.sample(NAMES, self.random.randint(1, 4))
        prune = self.random.choice(["all", "none", "previous"])
        connectors = "".join(f"\n  {name}: {json.dumps(self._connector())}" for name in names)
        text = f"project: {PROJECT}\npolicy: {{prune: {prune}}}\nconnectors:{connectors}\n"
        (self.folder / "dcsync.yaml").write_text(f"dcsync: 1\n{text}", "utf-8")
        return names

    def _connector(self) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if self.random.random() < 0.4:
            fields["labels"] = ["name"]
        if self.random.random() < 0.3:
            fields["status"] = self.random.choice(["ACTIVE", "USER_DISABLED"])
        if self.random.random() < 0.3:
            config = {"topic": "projects/g/topics/t", "audience": "x"}
            return {**fields, "type": "GOOGLE_CLOUD_PUBSUB", "config": config}
        headers = {"X-Key": f"{SECRET}{self.random.randint(1, 2)}"}
        return {**fields, "config": {"url": self.random.choice(URLS), "headers": headers}}

    def sow(self) -> None:
        """Let something be live: as declared or not, half replaced, of a type nobody knows."""
        for name in self.random.sample(NAMES, self.random.randint(0, 4)):
            marked = name + MARK if self.random.random() < 0.2 else name
            self.cloud.add_connector(PROJECT, self._resource(marked), as_is=True)
        if self.random.random() < 0.2:
            odd = {"displayName": "odd", "type": "CARRIER_PIGEON", "status": "ACTIVE"}
            self.cloud.add_connector(PROJECT, odd, as_is=True)

    def _resource(self, name: str) -> dict[str, Any]:
        common: dict[str, Any] = {
            "displayName": name,
            "status": "ACTIVE",
            "events": [],
            "labels": [],
        }
        if self.random.random() < 0.4:
            config = {"topic": "projects/g/topics/t", "audience": "x"}
            return {**common, "type": "GOOGLE_CLOUD_PUBSUB", "pubsubConfig": config}
        url = self.random.choice(URLS)
        http = {"url": url, "signatureSecret": f"{SECRET}live", "headers": {}}
        return {**common, "type": "HTTP_PUSH", "httpConfig": http}

    def break_calls(self) -> None:
        """Let some of the coming calls go wrong."""
        for _ in range(self.random.randint(0, 3)):
            self.cloud.fail(
                "*/dataconnectors*",
                method=self.random.choice(METHODS),
                after=self.random.randint(0, 2),
                count=self.random.choice([1, 1, 2, None]),
                **self.random.choice(TROUBLES),
            )

    def delete(self, data_connector_id: str) -> None:
        """What a person deletes in the console."""
        with self.cloud.lock:
            self.cloud.store.connectors.remove(data_connector_id, PROJECT)

    def live(self) -> dict[str, dict[str, Any]]:
        """Every connector by id."""
        found = self.cloud.connectors(PROJECT)
        return {each["name"].rpartition("/")[2]: each for each in found}


def twins(live: Mapping[str, dict[str, Any]]) -> list[list[str]]:
    """The ids of those of one name and type, where there are several."""
    by_kind: dict[tuple[str, str], list[str]] = {}
    for key, each in live.items():
        by_kind.setdefault((each["displayName"], each["type"]), []).append(key)
    return [sorted(ids) for ids in by_kind.values() if len(ids) > 1]
