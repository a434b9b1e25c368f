"""Fleets of any size: as declaration files, and as the cloud that is in step with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECRETS = {"DT_SIGNATURE_SECRET": "a-signature-secret", "INGEST_TOKEN": "an-ingest-token"}
"""The variables that the declarations refer to."""

_HEAD = """\
dcsync: 1
project: {project}
policy:
  prune: all
connectors:
"""
_CONNECTOR = """\
  ingest-{number}:
    display_name: Ingest {number}
    event_types: [temperature, touch, humidity]
    labels: [name, room]
    config:
      url: https://ingest.example.com/{project}/{number}
      signature_secret: ${{env:DT_SIGNATURE_SECRET}}
      headers:
        Authorization: Bearer ${{env:INGEST_TOKEN}}
"""


@dataclass(frozen=True, slots=True)
class Fleet:
    """So many projects with so many connectors each; a project is a file."""

    projects: int
    connectors: int = 10

    @classmethod
    def of(cls, connectors: int) -> Fleet:
        """Of so many connectors, ten a project: the API's limit."""
        return cls(connectors // 10)

    @property
    def project_ids(self) -> list[str]:
        return [f"c{number:019}" for number in range(self.projects)]

    def write(self, folder: Path) -> None:
        """The declarations, a file a project."""
        folder.mkdir(parents=True, exist_ok=True)
        for project in self.project_ids:
            parts = [_HEAD.format(project=project)]
            parts += [_CONNECTOR.format(project=project, number=n) for n in range(self.connectors)]
            (folder / f"{project}.yaml").write_text("".join(parts), "utf-8")

    def seed(self, *, is_live: bool = True) -> dict[str, Any]:
        """The emulator's seed: the projects, and unless they are to be created the connectors."""
        return {
            "projects": [
                {"id": project, "connectors": list(self._live(project)) if is_live else []}
                for project in self.project_ids
            ]
        }

    def _live(self, project: str) -> Iterator[dict[str, Any]]:
        for number in range(self.connectors):
            yield {
                "displayName": f"Ingest {number}",
                "type": "HTTP_PUSH",
                "status": "ACTIVE",
                "events": ["temperature", "touch", "humidity"],
                "labels": ["name", "room"],
                "httpConfig": {
                    "url": f"https://ingest.example.com/{project}/{number}",
                    "signatureSecret": SECRETS["DT_SIGNATURE_SECRET"],
                    "headers": {"Authorization": f"Bearer {SECRETS['INGEST_TOKEN']}"},
                },
            }
