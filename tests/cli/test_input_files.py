"""A file that a command is to read and cannot: one exit code and one line, whichever command."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import PROJECT, Run

READERS = (
    *("show FILE", "show FILE FILE", "apply --plan FILE", "report merge FILE"),
    *("plan -f FILE", "apply -f FILE", "validate -f FILE", "fmt -f FILE", "status -f FILE"),
    *("destroy -f FILE", "watch -f FILE", "verify -f FILE", "sync -f FILE */*"),
    *("validate -f good.yaml --rules FILE", "drift -f good.yaml --accepted FILE"),
    *("import --from-tfstate FILE", "emulator --seed FILE"),
)
FILES: dict[str, Callable[[Path], object]] = {
    "missing": Path.absolute,
    "pipe": os.mkfifo,
    "folder": Path.mkdir,
    "binary": lambda path: path.write_bytes(b"\0\x01\xff\xfe"),
    "other.json": lambda path: path.write_text('{"a": 1}'),
}


@pytest.fixture
def there(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line beside a good declaration, with an account, and an API that is down."""
    (tmp_path / "good.yaml").write_text(
        f"dcsync: 1\nproject: {PROJECT}\npolicy: {{prune: none}}\nconnectors: {{}}\n", "utf-8"
    )
    for name in ("DCSYNC_API_URL", "DCSYNC_TOKEN_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/v2")
    for name in ("KEY_ID", "SECRET", "EMAIL"):
        monkeypatch.setenv(f"DT_SERVICE_ACCOUNT_{name}", "c0md3pm0p7bet3vico8g")
    return run


@pytest.mark.parametrize("reader", READERS)
def test_what_cannot_be_read_fails(there: Run, tmp_path: Path, reader: str) -> None:
    """Each problem is one line that names the file, in the user's words; the exit code is 1."""
    for file, make in FILES.items():
        make(tmp_path / file)

        ended = there(*reader.replace("FILE", file).split())

        assert (ended.code, ended.out) == (1, ""), file
        assert "Errno" not in ended.err
        for line in ended.err.splitlines():
            start = rf"((dcsync|error): )?(no declaration in the folder )?{file}\b"
            assert re.match(start, line), line
