"""What the tests of the library share: the cloud room's scripted server, and both libraries."""

from tests.cloud.conftest import free_port, pointed, server, time
from tests.library.either import dt

__all__ = ["dt", "free_port", "pointed", "server", "time"]
