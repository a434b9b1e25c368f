"""Who may change something is a matter of type."""

from __future__ import annotations

import inspect

import pytest

from dcsync import cloud
from dcsync.cloud.stream import EventStream


def _methods(kind: type) -> set[str]:
    return {name for name, _ in inspect.getmembers(kind, callable) if not name.startswith("_")}


def test_the_reader_cannot_write() -> None:
    """The Reader that planning holds has none of the Writer's methods, nor a way to one."""
    assert _methods(cloud.Writer) == {
        "create_data_connector",
        "update_data_connector",
        "delete_data_connector",
        "sync_data_connector",
    }
    assert all(
        name.startswith(("get_", "list_", "each_", "open_", "event_", "past_"))
        for name in _methods(cloud.Reader)
    )
    assert not issubclass(cloud.Writer, cloud.Reader)


@pytest.mark.parametrize("kind", [cloud.Reader, cloud.Writer, cloud.Client, EventStream])
def test_what_is_public_is_explained(kind: type) -> None:
    """Every public class and method of the room says what its signature cannot."""
    methods = [member for name, member in inspect.getmembers(kind) if name in _methods(kind)]

    assert all(inspect.getdoc(each) for each in (kind, *methods))
