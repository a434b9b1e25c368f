"""No file holds a run: whatever is read is a regular file of bounded size, at every door."""

from __future__ import annotations

import ast
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dcsync import declare, emulator
from dcsync.declare import References
from dcsync.errors import DeclarationError
from dcsync.regular_files import open_regular, read_start, read_text, read_whole

ROOT = Path(__file__).parents[2]
PROJECT = "c0md3pm0p7bet3vico8g"
TEXT = (
    f"dcsync: 1\nproject: {PROJECT}\npolicy: {{prune: none}}\nconnectors:\n"
    "  a: {config: {url: 'https://a.example.com', signature_secret: '${file:token}'}}\n"
)
TIMEOUT_S = 30
"""A run that is held ends as a failure."""


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(path.parent)  # the path of a socket has to be short
        try:
            listener.bind(path.name)
        finally:
            os.chdir(here)


def a_folder(path: Path) -> None:
    path.mkdir()


def a_sparse_file(path: Path) -> None:
    """200 GB that take no room."""
    with path.open("wb") as file:
        file.truncate(200_000_000_000)


def the_environment(path: Path) -> None:
    path.symlink_to("/proc/self/environ")


KINDS: list[Callable[[Path], None]] = [a_pipe, a_device, a_socket, a_folder, a_sparse_file]
LINUX: list[Callable[[Path], None]] = (
    [the_environment] if Path("/proc/self/environ").exists() else []
)
DOORS = {
    "-f": ("validate", "-f", "it.yaml"),
    "fmt -f": ("fmt", "-f", "it.yaml"),
    "fmt": ("fmt",),
    "show": ("show", "it.yaml"),
    "apply --plan": ("apply", "--plan", "it.yaml"),
    "report merge": ("report", "merge", "it.yaml"),
    "--from-tfstate": ("import", "--from-tfstate", "it.yaml"),
    "--seed": ("emulator", "--seed", "it.yaml"),
    "--state": ("emulator", "--state", "it.yaml"),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", [a_pipe, a_device])
@pytest.mark.parametrize("door", DOORS)
def test_what_is_named_is_a_regular_file_of_bounded_size(
    door: str, kind: Callable[[Path], None], tmp_path: Path
) -> None:
    """Else it is refused at once, in one line: not waited for, not read to its end."""
    (tmp_path / "good.yaml").write_text(TEXT)
    kind(tmp_path / "it.yaml")

    ended = run(tmp_path, *DOORS[door])

    if door == "fmt":
        assert ended.returncode in (0, 1)
    else:
        assert ended.returncode in (1, 64), ended.stderr
    assert "Traceback" not in ended.stderr
    assert "a bug" not in ended.stderr


@pytest.mark.parametrize("kind", [a_pipe, a_device, a_socket, a_folder, *LINUX])
def test_only_regular_files_are_opened(kind: Callable[[Path], None], tmp_path: Path) -> None:
    """Whatever is behind the name, and however small it says that it is."""
    kind(tmp_path / "it")

    with pytest.raises(OSError):  # noqa: PT011 - the system's own words differ
        read_whole(tmp_path / "it", 100)


def test_a_file_without_an_end_is_read_up_to_the_limit(tmp_path: Path) -> None:
    """What a file says of its size decides nothing."""
    a_sparse_file(tmp_path / "it")

    with pytest.raises(OSError, match="larger than 100 bytes"):
        read_whole(tmp_path / "it", 100)


@pytest.mark.slow
def test_a_folder_is_walked_past_what_is_no_file(tmp_path: Path) -> None:
    """What stands beside declarations does not hold them up."""
    (tmp_path / "good.yaml").write_text(TEXT)
    for kind in KINDS:
        kind(tmp_path / f"{kind.__name__}.yaml")

    ended = run(tmp_path, "validate")

    assert ended.returncode == 0
    assert "Valid: 1 connector" in ended.stdout


@pytest.mark.parametrize("kind", [*KINDS, *LINUX])
def test_a_reference_leads_to_a_regular_file(kind: Callable[[Path], None], tmp_path: Path) -> None:
    """A secret is a small file; the kernel's view of this process, its environment, is none."""
    (tmp_path / "good.yaml").write_text(TEXT)
    kind(tmp_path / "token")

    for mode in (References.RESOLVE, References.ALLOW_UNSET):
        with pytest.raises(DeclarationError, match=r"good\.yaml:5:"):
            declare.load([tmp_path], environ={}, root=tmp_path, references=mode)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [a_pipe, a_device])
def test_credentials_are_a_regular_file(kind: Callable[[Path], None], tmp_path: Path) -> None:
    """DT_CREDENTIALS_FILE names a small file; anything else is said, not waited for."""
    (tmp_path / "good.yaml").write_text(TEXT)
    (tmp_path / "token").write_text("s3cret")
    kind(tmp_path / "credentials")

    ended = run(tmp_path, "plan", DT_CREDENTIALS_FILE="credentials")

    assert ended.returncode == 1
    assert "DT_CREDENTIALS_FILE" in ended.stderr


def run(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The tool in a process of its own, which is ended where it is held."""
    return subprocess.run(
        [sys.executable, "-m", "dcsync", *arguments],
        cwd=folder,
        env={
            **os.environ,
            "DT_SERVICE_ACCOUNT_KEY_ID": "k",
            "DT_SERVICE_ACCOUNT_SECRET": "s",
            **environ,
        },
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def test_bytes_are_read_up_to_the_limit(tmp_path: Path) -> None:
    """One more than the limit is enough to know, and a file that just fits is whole."""
    path = tmp_path / "file"
    path.write_bytes(b"12345")

    assert read_whole(path, 5) == b"12345"
    assert read_start(path, 3) == b"1234"
    with pytest.raises(OSError, match="larger than 4 bytes"):
        read_whole(path, 4)


def test_a_text_is_utf_8(tmp_path: Path) -> None:
    """What is not is the same kind of problem as a file that cannot be read."""
    (tmp_path / "file").write_bytes(b"\xff")

    with pytest.raises(OSError, match="not UTF-8"):
        read_text(tmp_path / "file")


def test_a_refused_file_is_closed(tmp_path: Path) -> None:
    """Nothing stays open, however often it is tried."""
    os.mkfifo(tmp_path / "pipe")
    before = os.open(tmp_path, os.O_RDONLY)
    os.close(before)

    for _ in range(3):
        with pytest.raises(OSError, match="not a regular file"):
            open_regular(tmp_path / "pipe")
    after = os.open(tmp_path, os.O_RDONLY)
    os.close(after)

    assert after == before


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a declaration that refers to a file, and a file with credentials."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dcsync.yaml").write_text(TEXT)
    (tmp_path / "account.json").write_text('{"serviceAccount": {"secret": "s3cret"}}')
    return tmp_path


def hard_link(path: Path, to: Path) -> None:
    path.hardlink_to(to)


def soft_link(path: Path, to: Path) -> None:
    path.symlink_to(to)


@pytest.mark.parametrize("link", [hard_link, soft_link])
def test_no_declaration_reads_the_credentials(
    link: Callable[[Path, Path], None], there: Path
) -> None:
    """Whatever name leads to the file that DT_CREDENTIALS_FILE names."""
    link(there / "token", there / "account.json")
    environ = {"DT_CREDENTIALS_FILE": str(there / "account.json")}

    for mode in (References.RESOLVE, References.ALLOW_UNSET, References.WARN):
        with pytest.raises(DeclarationError, match="dcsync's own credentials"):
            declare.load([there], environ=environ, references=mode)


@pytest.mark.parametrize(
    "name", [".git/config", ".GIT/config", "mirror.git/config", ".git-credentials", ".netrc"]
)
def test_no_declaration_reads_what_git_keeps(name: str, there: Path) -> None:
    """A checkout's configuration may hold a token, also through a link."""
    (there / name).parent.mkdir(exist_ok=True)
    (there / name).write_text("s3cret")
    (there / "token").symlink_to(there / name)

    for mode in (References.RESOLVE, References.ALLOW_UNSET, References.WARN):
        with pytest.raises(DeclarationError, match="Git's own files"):
            declare.load([there], environ={}, references=mode)


def test_formatting_follows_no_planted_link(there: Path) -> None:
    """The file beside that is written first has a name that nobody knows before."""
    (there / "victim").write_text("as it was")
    for number in (os.getpid(), 1):
        (there / f".dcsync.yaml.{number}.tmp").symlink_to(there / "victim")

    declare.overwrite(there / "dcsync.yaml", b"dcsync: 1\n")

    assert (there / "victim").read_text() == "as it was"
    assert (there / "dcsync.yaml").read_bytes() == b"dcsync: 1\n"


@pytest.mark.slow
def test_files_are_read_in_one_place() -> None:
    """Nothing opens a file of a user but through `regular_files`; the others are dcsync's own."""
    own = {"regular_files.py", "declare/schema/schemas.py", "render/starter.py"}
    for path in sorted((ROOT / "dcsync").rglob("*.py")):
        name = path.relative_to(ROOT / "dcsync").as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("read_text", "read_bytes"):
                assert name in own, f"{name}:{node.lineno}"


def test_the_emulator_keeps_its_state_in_a_regular_file(tmp_path: Path) -> None:
    """A new one is made, and an old one is taken up."""
    for _ in range(2):
        with emulator.running(state=tmp_path / "state"):
            pass
