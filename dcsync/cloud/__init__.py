"""The DT REST API: the only importer of requests and urllib3.

The tool uses `connect`, `Reader` and `Writer`; the library (`import dcsync as dt`) builds on
`Client`. Must not print, read the environment below `connect`, or decide what a
failure means for a plan.
"""

from dcsync.cloud.client import Client
from dcsync.cloud.connect import connect
from dcsync.cloud.reader import Reader
from dcsync.cloud.writer import Writer

__all__ = ["Client", "Reader", "Writer", "connect"]
