"""What `import dcsync as dt` offers, for type checkers and editors; at run time it is looked up."""

from dcsync import authentication as authentication
from dcsync import errors as errors
from dcsync import events as events
from dcsync import logging as logging
from dcsync import outputs as outputs
from dcsync.cloud.auth import Credentials
from dcsync.library.auth import Auth as Auth
from dcsync.library.client import Client as Client
from dcsync.library.data_connector import DataConnector as DataConnector
from dcsync.library.device import Device as Device
from dcsync.library.emulator import Emulator as Emulator
from dcsync.library.event_history import EventHistory as EventHistory
from dcsync.library.project import Project as Project
from dcsync.library.stream import Stream as Stream

__version__: str

base_url: str
default_auth: Credentials
emulator_base_url: str
log_level: str | None
request_attempts: int
request_timeout: float
