"""Acts like a user of the web console: changes connectors without dcsync, over plain HTTP."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.request import Request, urlopen


class Console:
    """One project in the web console; uses Basic Auth, so that it shares nothing with dcsync."""

    def __init__(self, environ: Mapping[str, str], project_id: str) -> None:
        account = f"{environ['DT_SERVICE_ACCOUNT_KEY_ID']}:{environ['DT_SERVICE_ACCOUNT_SECRET']}"
        self._authorization = f"Basic {base64.b64encode(account.encode()).decode()}"
        self._connectors = f"{environ['DCSYNC_API_URL']}/projects/{project_id}/dataconnectors"

    def click_around(self) -> None:
        """Change one connector and add another."""
        first = self._call("GET", self._connectors)["dataConnectors"][0]
        own_url = f"{self._connectors}/{first['name'].rpartition('/')[2]}"
        self._call("PATCH", own_url, {"events": ["touch"]})
        stray = {"displayName": "Test by hand", "type": "HTTP_PUSH"}
        self._call("POST", self._connectors, {**stray, "httpConfig": first["httpConfig"]})

    def _call(self, method: str, url: str, body: object = None) -> Any:
        request = Request(  # noqa: S310 - the emulator's own URL
            url,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": self._authorization},
        )
        with urlopen(request, timeout=10) as response:  # noqa: S310 - the same
            return json.load(response)
