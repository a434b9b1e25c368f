"""Terraform: a plan with nothing to do, of as many resources that no network stands behind."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.cloud import cloud_of
from benchmarks.fleet import Fleet
from benchmarks.processes import cost_of, dcsync
from benchmarks.row import Row
from benchmarks.scale import Scale

_RESOURCE = """\
resource "terraform_data" "ingest_{number}" {{
  input = {{
    display_name = "Ingest {number}"
    event_types  = ["temperature", "touch", "humidity"]
    labels       = ["name", "room"]
    url          = "https://ingest.example.com/{number}"
  }}
}}
"""
_QUIET = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
_NAME = "plan with nothing to do, 1 project of 10, wall"
_AGAINST = "terraform plan of as many terraform_data"


def measure(scale: Scale, folder: Path) -> Iterator[Row]:
    """Both plans in turn, where Terraform is installed."""
    terraform = shutil.which("terraform")
    if terraform is None:
        yield Row(_NAME, "s", None, against=_AGAINST, note="terraform is not installed")
        return
    fleet = Fleet(1)
    fleet.write(folder / "dcsync")
    _prepare(terraform, folder / "terraform", fleet.connectors)
    with cloud_of(fleet) as cloud:
        pairs = [
            (
                cost_of([*dcsync(), "plan"], cloud.environ, folder / "dcsync").wall_s,
                cost_of([terraform, "plan"], _QUIET, folder / "terraform").wall_s,
            )
            for _ in range(scale.rounds)
        ]
    ours, theirs = map(min, zip(*pairs, strict=True))
    yield Row(_NAME, "s", ours, theirs, _AGAINST, most_ratio=2.5)


def _prepare(terraform: str, folder: Path, resources: int) -> None:
    """Create what the plan then finds unchanged. The provider is built in: nothing is fetched."""
    folder.mkdir()
    texts = [_RESOURCE.format(number=number) for number in range(resources)]
    (folder / "main.tf").write_text("".join(texts), "utf-8")
    for command in (["init"], ["apply", "-auto-approve"]):
        cost_of([terraform, *command, "-no-color"], _QUIET, folder)
