"""A client of yaml-language-server, which editors use, over its standard input and output."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

SERVER = Path(__file__).parent / "node_modules" / "yaml-language-server" / "bin"
CAPABILITIES = {
    "textDocument": {"completion": {"completionItem": {"snippetSupport": True}}, "hover": {}},
    "workspace": {"configuration": True},
}


class Editor:
    """Opens documents and asks what an editor asks; `|` in a text is where the cursor is."""

    def __init__(self, server: subprocess.Popen[bytes], schema: Path) -> None:
        self._server = server
        self._ids, self._documents = count(1), count(1)
        self._problems: dict[str, list[str]] = {}
        self._settings = {
            "schemas": {schema.as_uri(): "*.yaml"},
            "validate": True,
            "completion": True,
            "hover": True,
            "schemaStore": {"enable": False},
        }
        start = {"processId": None, "rootUri": None, "capabilities": CAPABILITIES}
        self._ask("initialize", start)
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": {"yaml": self._settings}})
        self.problems("dcsync: 1\n")  # the schema is loaded when there are problems

    def completions(self, text: str) -> list[tuple[str, str]]:
        """What is offered at the cursor: each label with what it inserts."""
        answer = self._ask("textDocument/completion", self._open(text))
        items = answer["items"] if isinstance(answer, dict) else answer
        return [(each["label"], each.get("textEdit", each)["newText"]) for each in items]

    def hover(self, text: str) -> str:
        """What is shown when the pointer rests at the cursor."""
        answer = self._ask("textDocument/hover", self._open(text))
        return str(answer["contents"]["value"]) if answer else ""

    def problems(self, text: str) -> list[str]:
        """What is underlined."""
        uri = self._open(text)["textDocument"]["uri"]
        while uri not in self._problems:
            self._handle(self._read())
        return self._problems[uri]

    def _open(self, text: str) -> dict[str, Any]:
        before, _, after = text.partition("|")
        uri = f"file:///declaration{next(self._documents)}.yaml"
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": before + after}
        self._tell("textDocument/didOpen", {"textDocument": document})
        place = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}
        return {"textDocument": {"uri": uri}, "position": place}

    def _ask(self, method: str, parameters: Any) -> Any:
        number = next(self._ids)
        self._send({"id": number, "method": method, "params": parameters})
        while True:
            message = self._read()
            if message.get("id") == number and "method" not in message:
                return message.get("result")
            self._handle(message)

    def _tell(self, method: str, parameters: Any) -> None:
        self._send({"method": method, "params": parameters})

    def _handle(self, message: dict[str, Any]) -> None:
        if message.get("method") == "textDocument/publishDiagnostics":
            found = message["params"]
            self._problems[found["uri"]] = [each["message"] for each in found["diagnostics"]]
        elif "id" in message and message.get("method") == "workspace/configuration":
            asked = [each.get("section") for each in message["params"]["items"]]
            result = [self._settings if each == "yaml" else {} for each in asked]
            self._send({"id": message["id"], "result": result})
        elif "id" in message and "method" in message:
            self._send({"id": message["id"], "result": None})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._server.stdin
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._server.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self._server.stdout
        length = 0
        while line := self._server.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        message: dict[str, Any] = json.loads(self._server.stdout.read(length))
        return message


@contextmanager
def editor(node: str, schema: Path) -> Iterator[Editor]:
    """An editor whose YAML files have this schema."""
    command = [node, str(SERVER / "yaml-language-server"), "--stdio"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        try:
            yield Editor(server, schema)
        finally:
            server.kill()
