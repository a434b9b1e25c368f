"""Reads and parses the pages of a history, and no more: `python -m benchmarks.pages DEVICES`.

Prints the µs of CPU that an event took.
"""

from __future__ import annotations

import json
import os
import sys
import time
from http.client import HTTPConnection
from urllib.parse import quote, urlsplit

from benchmarks.source import DEVICE, PROJECT

SPAN = "startTime=2000-01-01T00:00:00Z&endTime=2100-01-01T00:00:00Z&pageSize=1000"


def main() -> None:
    """One page after another, over one connection."""
    url = urlsplit(os.environ["DCSYNC_API_URL"])
    connection = HTTPConnection(url.netloc)
    begun_s, events = time.process_time(), 0
    for number in range(int(sys.argv[1])):
        path = f"{url.path}/projects/{PROJECT}/devices/{DEVICE.format(number)}/events?{SPAN}"
        token = ""
        while True:
            connection.request("GET", f"{path}&pageToken={quote(token)}" if token else path)
            page = json.loads(connection.getresponse().read())
            events += len(page["events"])
            if not (token := page["nextPageToken"]):
                break
    print((time.process_time() - begun_s) / events * 1e6)


if __name__ == "__main__":
    main()
