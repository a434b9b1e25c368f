"""How references are treated in each mode, and that what they stand for is never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from dcsync import declare
from dcsync.declare import References
from dcsync.errors import DeclarationError
from dcsync.model import Declared, HttpPushConfig, Secret

TEXT = """
dcsync: 1
project: ${env:DCSYNC_VAR_PROJECT}
policy: {prune: none}
connectors:
  ingest:
    display_name: Ingest ${env:DCSYNC_VAR_SITE}
    config:
      url: https://${env:HOST}/dt
      signature_secret: ${env:SIGNATURE}
      headers: {Authorization: "Bearer ${file:token}", X-Site: oslo}
"""
NAMES = {"DCSYNC_VAR_PROJECT": "c9n2k4v0t7s1r3m5b6d8", "DCSYNC_VAR_SITE": "oslo"}
ALL = {**NAMES, "HOST": "hooks.example.com", "SIGNATURE": "the-signature-value"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(TEXT, "utf-8")
    return tmp_path


def load(
    environ: dict[str, str], references: References
) -> tuple[Declared, HttpPushConfig, list[str]]:
    declarations = declare.load([Path("a.yaml")], environ=environ, references=references)
    declared = declarations.projects[0].connectors[0]
    assert isinstance(declared.connector.config, HttpPushConfig)
    return declared, declared.connector.config, list(map(str, declarations.warnings))


def problems(environ: dict[str, str], references: References) -> list[str]:
    with pytest.raises(DeclarationError) as caught:
        load(environ, references)
    return [each.message.partition(":")[0] for each in caught.value.diagnostics]


def secrets(config: HttpPushConfig) -> dict[str, tuple[bool, str]]:
    """Each secret's name, whether it is known, and what stands for it."""
    texts = {"url": config.url, "signature": config.signature_secret, **(config.headers or {})}
    return {
        name: (text.known, text.shown) for name, text in texts.items() if isinstance(text, Secret)
    }


def test_everything_is_resolved(folder: Path) -> None:
    """With all variables and files there, each secret has its value and shows its reference."""
    (folder / "token").write_text("the-token-value\n", "utf-8")

    declared, config, warnings = load(ALL, References.RESOLVE)

    assert warnings == []
    assert declared.connector.display_name == "Ingest oslo"
    assert config.url == "https://hooks.example.com/dt"
    assert config.signature_secret == "the-signature-value"
    assert config.headers == {"Authorization": "Bearer the-token-value", "X-Site": "oslo"}
    assert secrets(config) == {
        "url": (True, "https://${env:HOST}/dt"),
        "signature": (True, "${env:SIGNATURE}"),
        "Authorization": (True, "…${file:token}"),
        "X-Site": (True, "(sensitive)"),
    }


@pytest.mark.parametrize("value", [None, ""], ids=["unset", "empty"])
def test_what_is_not_there_is_an_error(value: str | None) -> None:
    """Unset and empty variables are errors, and so is a missing file: nothing is sent half."""
    environ = ALL if value is None else {**ALL, "HOST": value, "SIGNATURE": value}
    environ = {name: text for name, text in environ.items() if value is not None or name in NAMES}

    state = "not set" if value is None else "empty"
    assert problems(environ, References.RESOLVE) == [
        f"variable HOST is {state}",
        f"variable SIGNATURE is {state}",
        "${file",
    ]


def test_validate_only_warns() -> None:
    """Where nobody has the secrets, what is not there is a warning with its place."""
    _, config, warnings = load(NAMES, References.WARN)

    assert [each.partition(": ")[0] for each in warnings] == [
        "a.yaml:9:12",
        "a.yaml:10:25",
        "a.yaml:11:32",
    ]
    assert not any(known for name, (known, _) in secrets(config).items() if name != "X-Site")


def test_validate_goes_on_without_the_project() -> None:
    """An unset project id is a warning as well; the reference stands for it."""
    declared, _, warnings = load({}, References.WARN)

    assert declared.connector.project_id == "${env:DCSYNC_VAR_PROJECT}"
    assert declared.connector.display_name == "Ingest ${env:DCSYNC_VAR_SITE}"
    assert len(warnings) == 5


def test_unset_may_be_allowed() -> None:
    """Then what is not there is a secret without a value, and nothing is said."""
    _, config, warnings = load(NAMES, References.ALLOW_UNSET)

    assert warnings == []
    assert secrets(config) == {
        "url": (False, "https://${env:HOST}/dt"),
        "signature": (False, "${env:SIGNATURE}"),
        "Authorization": (False, "…${file:token}"),
        "X-Site": (True, "(sensitive)"),
    }


def test_secrets_may_be_skipped(folder: Path) -> None:
    """Then no variable and no file is read for them, even where they are there."""
    (folder / "token").write_text("the-token-value\n", "utf-8")

    declared, config, _ = load(ALL, References.SKIP)

    assert declared.connector.display_name == "Ingest oslo"
    assert not any(known for name, (known, _) in secrets(config).items() if name != "X-Site")


@pytest.mark.parametrize("references", [References.ALLOW_UNSET, References.SKIP])
def test_what_identifies_a_connector_is_needed_in_every_mode(references: References) -> None:
    """Ids and display names cannot be left unknown."""
    assert problems({}, references) == [
        "variable DCSYNC_VAR_PROJECT is not set",
        "variable DCSYNC_VAR_SITE is not set",
    ]


def test_an_unknown_url_is_checked_as_far_as_it_can_be_seen(folder: Path) -> None:
    """What stands before the first reference must be able to become a right URL."""
    starts = {
        "https://${env:X}": True,
        "${env:X}": True,
        "http${env:X}": True,
        "http://${env:X}": True,
        "http://localhost/${env:X}": True,
        "http://hooks.example.com/${env:X}": False,
        "ftp://${env:X}": False,
        "hooks.example.com/${env:X}": False,
        "sb://${env:X}": False,
    }
    head = "dcsync: 1\nproject: c9n2k4v0t7s1r3m5b6d8\npolicy: {prune: none}\nconnectors:\n"
    for url, is_right in starts.items():
        text = f"{head}  a: {{config: {{url: '{url}'}}}}\n"
        (folder / "a.yaml").write_text(text, "utf-8")
        try:
            load({}, References.SKIP)
            loads = True
        except DeclarationError:
            loads = False

        assert loads is is_right, url


@pytest.mark.parametrize(
    "name", ["absolute", "link-inside"], ids=["spelled absolutely", "a link that stays inside"]
)
def test_a_file_may_be_elsewhere(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    """A file outside of the repository is read where its path says so, a link inside always."""
    outside = tmp_path_factory.mktemp("outside") / "token"
    outside.write_text("the-token-value", "utf-8")
    (folder / "real").write_text("the-token-value\r\n", "utf-8")
    (folder / "link-inside").symlink_to("real")
    path = outside if name == "absolute" else Path(name)
    (folder / "a.yaml").write_text(TEXT.replace("${file:token}", f"${{file:{path}}}"), "utf-8")

    _, config, _ = load(ALL, References.RESOLVE)

    assert (config.headers or {})["Authorization"] == "Bearer the-token-value"


def test_a_link_does_not_lead_out_of_the_repository(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A relative path that ends outside is refused, whatever it looks like."""
    outside = tmp_path_factory.mktemp("outside") / "token"
    outside.write_text("the-token-value", "utf-8")
    (folder / "token").symlink_to(outside)
    (folder / ".git").mkdir()

    with pytest.raises(DeclarationError, match="is outside the repository"):
        load(ALL, References.RESOLVE)


def test_a_file_is_found_from_the_folder_of_its_declaration(folder: Path) -> None:
    """Paths are relative to the declaration, and may go up as far as the repository."""
    (folder / ".git").mkdir()
    (folder / "deep").mkdir()
    (folder / "token").write_text("the-token-value", "utf-8")
    text = TEXT.replace("${file:token}", "${file:../token}")
    (folder / "deep" / "a.yaml").write_text(text, "utf-8")

    declarations = declare.load([Path("deep")], environ=ALL)

    assert declarations.projects[0].connectors[0].position.file == "deep/a.yaml"


def test_a_declaration_from_elsewhere_has_its_files_beside_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside of Git and of the working folder, a declaration's own folder is its home."""
    (folder / "token").write_text("the-token-value", "utf-8")
    (folder / "here").mkdir()
    monkeypatch.chdir("here")

    assert declare.load([folder / "a.yaml"], environ=ALL).projects


def test_no_problem_repeats_a_value(folder: Path) -> None:
    """A run full of errors shows no resolved value, neither as text nor in its exceptions."""
    (folder / "token").write_text("the-token-value\nthe-token-value", "utf-8")
    environ = {**ALL, "HOST": "the-host-value with space"}

    with pytest.raises(DeclarationError) as caught:
        load(environ, References.RESOLVE)

    told = f"{caught.value} {caught.value!r} {caught.value.diagnostics}"
    assert len(caught.value.diagnostics) == 2
    assert not [word for word in ("the-token", "the-host", "the-signature") if word in told]
