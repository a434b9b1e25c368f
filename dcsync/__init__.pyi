"""What `import dcsync as dt` offers, for type checkers and editors; at run time it is looked up."""

from dcsync import errors as errors
from dcsync.cloud.auth import Credentials
from dcsync.cloud.library import events as events
from dcsync.cloud.library.auth import Auth as Auth
from dcsync.cloud.library.client import Client as Client
from dcsync.cloud.library.data_connector import DataConnector as DataConnector
from dcsync.cloud.library.device import Device as Device
from dcsync.cloud.library.emulator import Emulator as Emulator
from dcsync.cloud.library.event_history import EventHistory as EventHistory
from dcsync.cloud.library.project import Project as Project
from dcsync.cloud.library.stream import Stream as Stream

__version__: str

base_url: str
default_auth: Credentials
emulator_base_url: str
request_attempts: int
request_timeout: float
