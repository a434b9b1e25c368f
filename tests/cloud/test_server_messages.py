"""Which words of a server's message are shown: those of the vocabulary and of the request."""

from __future__ import annotations

import pytest

from dcsync.cloud.messages.secrets import Secrets
from dcsync.cloud.messages.server_messages import WITHHELD, presentable, request_words


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("config.url is invalid", "config.url is invalid"),
        ("config.url.url  is\ninvalid", "config.url.url is invalid"),
        ("config.tuesday is invalid", WITHHELD),
        ("config..url is invalid", WITHHELD),
        ("tuesday is invalid", WITHHELD),
        ("Invalid url", "Invalid url"),
        ("INVALID url", WITHHELD),
        ("invalid invalid invalid invalid", "invalid invalid invalid invalid"),
        ("invalid invalid invalid invalid invalid", WITHHELD),
        ("url 'tuesday' is invalid", "url … is invalid"),
        ("config 'url' is invalid", "config 'url' is invalid"),
        (" \n", ""),
    ],
)
def test_a_message_of_known_words_is_shown(raw: str, shown: str) -> None:
    """On one line; a dotted path is known if all its parts are."""
    assert presentable(raw, Secrets()) == shown


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (None, set()),
        ({"displayName": "Oslo north"}, {"Oslo", "north"}),
        ({"type": "HTTP_PUSH", "status": "ACTIVE"}, {"HTTP_PUSH", "ACTIVE"}),
        ({"events": ["touch", 7], "labels": ["room"]}, {"touch", "room"}),
        ({"httpConfig": {"url": "https://a", "headers": {"X-Key": "hush"}}}, {"X-Key"}),
        ({"httpConfig": {"headers": ["X-Key"]}}, set()),
        ({"httpConfig": "X-Key"}, set()),
        ({"headers": {"X-Key": "hush"}}, set()),
    ],
)
def test_the_requests_own_words_are_of_its_open_fields(
    body: dict[str, object] | None, words: set[str]
) -> None:
    """Names of headers are among them, their values and the URL are not."""
    assert request_words("/projects//p1", body) == {"projects", "p1", *words}
