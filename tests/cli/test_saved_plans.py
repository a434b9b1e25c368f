"""A plan that was reviewed is the plan that is carried out, or nothing is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from dcsync import emulator
from tests.cli.conftest import Run

DeclareFile = Callable[..., Path]
PLAN_FORMATS = ("text", "json", "markdown")
ROOT = Path(__file__).parents[2]
ONE = "\n  a: {config: {url: https://a.example.com, signature_secret: '${env:SECRET}'}}"
STRAY = {"displayName": "x", "type": "HTTP_PUSH", "httpConfig": {"url": "https://x.example.com"}}


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "a-signature-secret")


def test_a_saved_plan_is_shown_as_it_was_planned(
    run: Run, project: str, declare_file: DeclareFile, cloud: emulator.Emulator, tmp_path: Path
) -> None:
    """`show` prints in every format what `plan` printed, without the cloud."""
    cloud.add_connector(project, STRAY)
    declare_file(ONE)
    for format_ in ("text", "json", "markdown"):
        planned = run("plan", "--out", "saved", "--format", format_)
        calls = len(cloud.calls)

        shown = run("show", "saved", "--format", format_)

        assert shown.code == 0
        assert shown.out == planned.out
        assert len(cloud.calls) == calls
    assert "a-signature-secret" not in (tmp_path / "saved").read_text("utf-8")


@pytest.mark.usefixtures("project")
def test_a_file_in_the_place_of_an_address_is_the_plan(
    run: Run, declare_file: DeclareFile, tmp_path: Path, project: str
) -> None:
    """`apply FILE` is `apply --plan FILE`; another file that has an address's name is none."""
    declare_file(ONE)
    run("plan", "--out", "saved")
    (tmp_path / project).mkdir()
    (tmp_path / project / "a").write_text("no plan", "utf-8")

    by_address, by_file = run("apply", f"{project}/a"), run("apply", "saved")

    assert (by_address.code, by_file.code) == (3, 0)
    assert "not approved" in by_address.err


@pytest.mark.parametrize("by", ["file", "digest"])
def test_the_reviewed_plan_is_applied(
    run: Run, project: str, declare_file: DeclareFile, cloud: emulator.Emulator, by: str
) -> None:
    """By file or by digest, without another question."""
    declare_file(ONE)
    planned = run("plan", "--out", "saved", "--format", "json")
    digest = json.loads(planned.out)["digest"]

    applied = run("apply", "--plan", "saved" if by == "file" else digest[:8])

    assert applied.code == 0
    assert len(cloud.connectors(project)) == 1


@pytest.mark.parametrize("by", ["file", "digest"])
def test_a_stale_plan_is_refused_with_what_differs(
    run: Run, project: str, declare_file: DeclareFile, cloud: emulator.Emulator, by: str
) -> None:
    """What changed in the cloud since the review stops the run, with 3."""
    declare_file(ONE)
    planned = run("plan", "--out", "saved", "--format", "json")
    digest = json.loads(planned.out)["digest"]
    cloud.add_connector(project, STRAY)

    applied = run("apply", "--auto-approve", "--plan", "saved" if by == "file" else digest)

    assert applied.code == 3
    assert "stale" in applied.err
    assert by == "digest" or 'Only in the new plan:\n- "x"' in applied.err
    assert len(cloud.connectors(project)) == 1


def test_a_stale_plan_names_each_field_that_differs(
    run: Run, project: str, declare_file: DeclareFile, cloud: emulator.Emulator
) -> None:
    """What appeared, what vanished, and of what stayed what would be written then and now."""
    cloud.add_connector(project, STRAY)
    declare_file(f"{ONE}\n  b: {{config: {{url: https://b.example.com}}}}")
    run("plan", "--out", "saved")
    declare_file("\n  b: {labels: [room], config: {url: https://c.example.com}}")

    applied = run("apply", "--plan", "saved")

    assert applied.code == 3
    assert "Only in the old plan:\n+ " in applied.err
    assert "labels: not changed, now (none) -> [room]" in applied.err
    assert '(none) -> "https://b.example.com", now (none) -> "https://c.example.com"' in applied.err


def test_two_saved_plans_are_compared(
    run: Run, project: str, declare_file: DeclareFile, cloud: emulator.Emulator, tmp_path: Path
) -> None:
    """`show OLD NEW` in every format, with 0, without the cloud, and without any secret."""
    cloud.add_connector(project, STRAY)
    declare_file(ONE)
    run("plan", "--out", "old")
    declare_file(ONE.replace("https://a.", "https://b."))
    run("plan", "--out", "new")
    calls = len(cloud.calls)

    shown = {each: run("show", "old", "new", "--format", each) for each in PLAN_FORMATS}

    old, new = (
        json.loads((tmp_path / each).read_text("utf-8"))["digest"] for each in ("old", "new")
    )
    found = json.loads(shown["json"].out)
    assert {each.code for each in shown.values()} == {0}
    assert len(cloud.calls) == calls
    assert (found["before"], found["after"], found["differs"]) == (old, new, True)
    assert (found["vanished"], found["appeared"]) == ([], [])
    assert [each["path"] for each in found["changed"][0]["changes"]] == ["config.url"]
    assert found["changed"][0]["changes"][0]["before"]["after"] == "https://a.example.com"
    assert f"0 only in the new plan, 1 changed. Digest {old[:8]} -> {new[:8]}." in shown["text"].out
    assert "#### Changed" in shown["markdown"].out
    assert not any("a-signature-secret" in each.out + each.err for each in shown.values())


@pytest.mark.usefixtures("project")
def test_a_plan_compared_with_itself(run: Run, declare_file: DeclareFile) -> None:
    """There is no difference, in every format."""
    declare_file(ONE)
    run("plan", "--out", "saved")

    assert run("show", "saved", "saved").out.startswith("No difference. Digest ")
    assert json.loads(run("show", "saved", "saved", "--format", "json").out)["differs"] is False
    assert "No difference" in run("show", "saved", "saved", "--format", "markdown").out


@pytest.mark.parametrize("place", ["old", "new"])
@pytest.mark.usefixtures("project")
def test_a_forged_plan_is_not_compared(
    run: Run, declare_file: DeclareFile, tmp_path: Path, place: str
) -> None:
    """Both files have to fit their digests."""
    declare_file(ONE)
    for name in ("old", "new"):
        run("plan", "--out", name)
    plan = json.loads((tmp_path / place).read_text("utf-8"))
    plan["operations"][0]["display_name"] = "harmless"
    (tmp_path / place).write_text(json.dumps(plan), "utf-8")

    ended = run("show", "old", "new")

    assert (ended.code, ended.out) == (3, "")
    assert f"{place} was changed after it was saved" in ended.err


@pytest.mark.parametrize("by", ["file", "digest"])
@pytest.mark.usefixtures("project")
def test_what_is_applied_already_is_said_to_be(
    run: Run, declare_file: DeclareFile, by: str
) -> None:
    """The second time there is nothing to do, which is the likeliest reason."""
    declare_file(ONE)
    planned = run("plan", "--out", "saved", "--format", "json")
    words = ("--plan", "saved" if by == "file" else json.loads(planned.out)["digest"])
    assert run("apply", *words).code == 0

    again = run("apply", *words)

    assert again.code == 3
    assert "nothing to do now: it may have been applied already" in again.err


@pytest.mark.usefixtures("project")
def test_a_digest_of_other_options_is_said_to_be(run: Run, declare_file: DeclareFile) -> None:
    """What the run was asked for is named, so that what is missing can be seen."""
    declare_file(f"{ONE}\n  b: {{config: {{url: https://b.example.com}}}}")
    digest = json.loads(run("plan", "*/b", "--format", "json").out)["digest"]

    ended = run("apply", "--plan", digest, "-f", "dcsync.yaml")

    assert ended.code == 3
    assert "made with other options" in ended.err
    assert "this run has -f dcsync.yaml, addresses left out" in ended.err
    assert "--base left out" in ended.err


@pytest.mark.usefixtures("project")
def test_another_value_of_a_secret_is_not_stale(
    run: Run, declare_file: DeclareFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A secret that was to change may change to another value: the plan never knew it."""
    declare_file(ONE)
    run("plan", "--out", "saved")
    monkeypatch.setenv("SECRET", "another-signature-secret")

    assert run("apply", "--plan", "saved").code == 0


@pytest.mark.usefixtures("project")
def test_a_saved_plan_brings_its_selection(
    run: Run, declare_file: DeclareFile, cloud: emulator.Emulator, project: str
) -> None:
    """Addresses and allowance come from the file; others beside it are wrong usage."""
    declare_file(f"{ONE}\n  b: {{config: {{url: https://b.example.com}}}}")
    run("plan", "*/b", "--out", "saved")

    both = run("apply", "--plan", "saved", "*/a")
    applied = run("apply", "--plan", "saved")

    assert both.code == 64
    assert applied.code == 0
    assert [each["displayName"] for each in cloud.connectors(project)] == ["b"]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format_version": 2}', "no JSON"])
def test_what_is_no_saved_plan(run: Run, tmp_path: Path, text: str) -> None:
    """Another file is told so, by `show` and by `apply`."""
    (tmp_path / "other").write_text(text, "utf-8")

    for command in (("show", "other"), ("apply", "--plan", "other")):
        ended = run(*command)

        assert ended.code == 1
        assert "other" in ended.err


def test_a_plan_that_is_not_there(run: Run) -> None:
    """A file that does not exist is a failure, and a digest that is too short is wrong usage."""
    for words in (["show", "nosuch"], ["apply", "--plan", "nosuch"], ["apply", "nosuch.json"]):
        ended = run(*words)

        assert ended.code == 1
        assert ended.err == f"dcsync: {words[-1]}: cannot be read: No such file or directory\n"
    short = run("apply", "--plan", "7f3a9c2")
    assert (short.code, "8 to 64 hex digits" in short.err) == (64, True)


@pytest.mark.slow
@pytest.mark.usefixtures("project")
def test_a_saved_plan_fits_the_schema(run: Run, declare_file: DeclareFile, tmp_path: Path) -> None:
    """Other tools may read what `plan --out` writes."""
    declare_file(ONE)
    run("plan", "--out", "saved")
    schema = json.loads((ROOT / "schemas" / "plan.schema.json").read_text("utf-8"))

    jsonschema.validate(json.loads((tmp_path / "saved").read_text("utf-8")), schema)
