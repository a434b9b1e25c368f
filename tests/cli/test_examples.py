"""The examples are what newcomers start from: they work as they are, without any variable set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dcsync import emulator
from tests.cli.conftest import Run

EXAMPLES = str(Path(__file__).parents[2] / "examples")


@pytest.fixture
def _default_cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with emulator.running(seed=emulator.DEFAULT_SEED, rate_limit=None) as cloud:
        for name, value in cloud.environ.items():
            monkeypatch.setenv(name, value)
        yield


@pytest.mark.slow
@pytest.mark.usefixtures("_default_cloud")
def test_the_examples_are_planned_applied_and_in_sync(run: Run) -> None:
    """2 and a plan, then 0, then 0 with "No changes.", without a warning; what nobody declares
    stays as it is.
    """
    validated = run("validate", "-f", EXAMPLES)
    planned = run("plan", "-f", EXAMPLES, "--detailed-exitcode")
    applied = run("apply", "-f", EXAMPLES, "--auto-approve")
    again = run("plan", "-f", EXAMPLES, "--detailed-exitcode")

    codes = [each.code for each in (validated, planned, applied, again)]
    assert codes == [0, 2, 0, 0]
    *unmanaged, _, last = again.out.splitlines()
    assert last.startswith("No changes. ")
    assert [line[:10] for line in unmanaged] == ['? "Ingest"'] * 2
    assert planned.err == ""
