"""Connectors in every health there is, for what shows them."""

from __future__ import annotations

from typing import Any

from dcsync.cloud.reader import Metrics
from dcsync.watch.overview import Overview, ProjectStanding
from dcsync.watch.standing import DriftState, Standing


def standing(address: str = "oslo/ingest", **changes: Any) -> Standing:
    values: dict[str, Any] = {
        "project_key": "oslo",
        "project_id": "c0md3pm0p7bet3vico8g",
        "data_connector_id": "c16pegipidie7lltrefg",
        "display_name": "Ingest",
        "type": "HTTP_PUSH",
        "status": "ACTIVE",
        "drift": DriftState.IN_SYNC,
        "metrics": Metrics(9, 0, "0.411s"),
    }
    return Standing(address, **{**values, **changes})


WORST_FIRST = [
    standing("trouble", trouble="GET /projects/…: 403"),
    standing("absent", drift=DriftState.NOT_LIVE, status="", metrics=None),
    standing("off by itself", status="SYSTEM_DISABLED", metrics=Metrics(0, 0, "")),
    standing("failing", metrics=Metrics(0, 7, "10s")),
    standing("flapping", metrics=Metrics(3, 7, "1.5s")),
    standing("drifted", drift=DriftState.DRIFTED, changes=("labels", "config.url", "a", "b", "c")),
    standing("quiet", metrics=Metrics(0, 0, "")),
    standing("a fine one"),
    standing("off", status="USER_DISABLED", is_off=True, metrics=Metrics(0, 0, "")),
]

OSLO = ProjectStanding("oslo", "c0md3pm0p7bet3vico8g", quota=10, live=9, name="Store Oslo")
UNSEEN = ProjectStanding(
    "bergen", "c14u9p094l47cdv1o3pg", quota=10, trouble="project bergen cannot be listed: 403"
)


def overview(*standings: Standing, projects: tuple[ProjectStanding, ...] = (OSLO,)) -> Overview:
    return Overview(standings, projects)
