"""What the tests of the library share with those of the cloud room: the scripted server."""

from tests.cloud.conftest import free_port, pointed, server, time

__all__ = ["free_port", "pointed", "server", "time"]
