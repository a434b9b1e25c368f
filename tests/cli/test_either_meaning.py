"""What nobody knows of the API may be one way or the other: every command works with either."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dcsync import emulator
from tests.cli.conftest import PROJECT, Run

SERVERS: dict[str, dict[str, Any]] = {
    "terse": {
        "write_answers": "no_content",
        "list_order": "shuffled",
        "token_error_body": "api",
        "null_foreign_configs": True,
        "foreign_config": "ignore",
        "type_change": "ignore",
        "second_delete": "ok",
        "sync_disabled": "reject",
    },
    "strict": {
        "write_answers": "created",
        "list_order": "newest",
        "unknown_fields": "reject",
        "require_cloud_config": True,
        "empty_patch": "reject",
        "oversized_page": "reject",
        "sync_disabled": "deliver",
    },
    "replacing": {
        "config_patch": "replace",
        "update_mask": "ignore",
        "default_status": "USER_DISABLED",
        "default_labels": ("name",),
        "metrics_permission": "update",
        "propagation_s": 0.3,
    },
    "in small pages": {
        "default_page_size": 1,
        "max_page_size": 1,
        "max_events_page_size": 2,
        "invalid_page_token": "ignore",
        "new_device_reported": "missing",
    },
    "with another history": {
        "history_end": "exclusive",
        "history_too_old": "reject",
        "publish_time": "now",
        "event_id_time": "event",
        "reported_is": "last",
        "sync_event_filter": False,
        "sync_event_ids": "new",
    },
    "with other streams": {
        "stream_label_filters": "and",
        "list_label_filters": "or",
        "ping_passes_filter": False,
        "default_ping_interval_s": 0.2,
        "stream_content_type": "text/event-stream",
        "stream_chunked": False,
        "stream_max_s": 0.3,
        "stream_error_codes": "http",
    },
}
FILE = """
dcsync: 1
project: {project}
policy: {{prune: all}}
connectors:
  ingest:
    event_types: [temperature, touch]
    labels: [name]
    config:
      url: {url}
      headers: {{X-Env: "1", X-Old: "2"}}
    sync_after: [create]
  archive:
    status: USER_DISABLED
    config: {{url: "https://archive.example.com/dt"}}
"""


@pytest.mark.slow
@pytest.mark.parametrize("server", SERVERS)
def test_the_whole_story(
    run: Run,
    cloud: emulator.Emulator,
    project: str,
    tmp_path: Path,
    server: str,
) -> None:
    """Declared, applied, changed, imported, watched, proved and destroyed."""
    cloud.switch(**SERVERS[server])
    device = cloud.add_device(project, type="temperature", labels={"name": "Fridge"})
    file = tmp_path / "dcsync.yaml"
    file.write_text(FILE.format(project=PROJECT, url="https://ingest.example.com/dt"))

    def expect(code: int, *arguments: str) -> str:
        ended = run(*arguments)
        assert ended.code == code, (arguments, ended)
        return ended.out

    expect(0, "projects")
    expect(2, "plan", "--detailed-exitcode")
    expect(0, "apply", "--auto-approve")
    expect(0, "plan", "--detailed-exitcode")
    expect(0, "status")
    text = file.read_text().replace(', X-Old: "2"', "").replace("touch", "humidity")
    file.write_text(text.replace("/dt\n", "/new\n"))
    expect(2, "plan", "--detailed-exitcode", "--impact")
    expect(0, "apply", "--auto-approve")
    expect(0, "plan", "--detailed-exitcode")
    expect(0, "sync", f"{PROJECT}/ingest")
    expect(0, "import", "-p", PROJECT, "--out", "imported", "--secrets-file", "s.env")
    expect(0, "validate", "-f", "imported")
    cloud.publish(project, device, "temperature", {"value": 4.5})
    watch = "watch -f dcsync.yaml --since 1h --count 1 --duration 20 --format json"
    lines = expect(0, *watch.split())
    events = [json.loads(line) for line in lines.splitlines()]
    assert [each["eventType"] for each in events] == ["temperature"]
    expect(0, "destroy", "--auto-approve", "--allow-deletes", "2", "-f", "dcsync.yaml")
    assert cloud.connectors(project) == []
