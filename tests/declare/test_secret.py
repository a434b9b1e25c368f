"""A Secret gives its value to nobody but `reveal`."""

from __future__ import annotations

import copy
import dataclasses
import json
import logging
import pickle
import pprint
import traceback
from collections.abc import Callable

import pytest

from dcsync.model import Connector, HttpPushConfig, Secret, is_known, reveal

VALUE = "the-secret-value"
SHOWN = "${env:TOKEN}"


@pytest.fixture
def secret() -> Secret:
    return Secret(VALUE, SHOWN)


def connector(secret: Secret) -> Connector:
    config = HttpPushConfig("https://a.example.com", secret, {"Authorization": secret})
    return Connector("p", "c", "Ingest", "HTTP_PUSH", "ACTIVE", (), (), config)


WAYS: list[tuple[str, Callable[[Secret], str]]] = [
    ("str", str),
    ("repr", repr),
    ("ascii", ascii),
    ("f-string", lambda secret: f"{secret} {secret!r} {secret:>40} {secret!s:.60}"),
    ("format", lambda secret: "{} {!r} {:^40}".format(secret, secret, secret)),  # noqa: UP032 - a way
    ("percent", lambda secret: "%s %r" % (secret, secret)),  # noqa: UP031 - a way
    ("a list", lambda secret: str([secret])),
    ("a mapping", lambda secret: repr({"a": secret})),
    ("pprint", lambda secret: pprint.pformat({"a": [secret, connector(secret)]})),
    ("a connector", lambda secret: repr(connector(secret))),
    ("a config", lambda secret: repr(connector(secret).config)),
    ("fields", lambda secret: str(dataclasses.asdict(connector(secret)))),
    ("json", lambda secret: json.dumps({"a": secret}, default=str)),
    ("a copy", lambda secret: repr(copy.deepcopy([copy.copy(secret)]))),
    ("what it has", lambda secret: str(dir(secret))),
    ("an exception", lambda secret: "".join(traceback.format_exception(ValueError(secret)))),
]


@pytest.mark.parametrize(("name", "show"), WAYS, ids=[name for name, _ in WAYS])
def test_no_way_of_showing_it_shows_the_value(
    secret: Secret, name: str, show: Callable[[Secret], str]
) -> None:
    """Whatever turns a secret into text gives what stands for it."""
    assert VALUE not in show(secret), name


def test_what_stands_for_it_is_shown(secret: Secret) -> None:
    """A reader sees the reference as the file writes it, or that something is hidden."""
    assert str(secret) == SHOWN
    assert f"{secret:>14}" == f"  {SHOWN}"
    assert str(Secret(VALUE)) == "(sensitive)"


def test_it_cannot_be_pickled(secret: Secret) -> None:
    """Neither by itself nor inside of something: a pickle would hold the value."""
    for thing in (secret, [secret], connector(secret)):
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(thing)


def test_it_is_no_json(secret: Secret) -> None:
    """Plain json refuses it, and the message does not hold the value."""
    with pytest.raises(TypeError) as caught:
        json.dumps(secret)

    assert VALUE not in str(caught.value)


def test_logging_shows_what_stands_for_it(secret: Secret, caplog: pytest.LogCaptureFixture) -> None:
    """Log records, their arguments included, hold no value."""
    logging.getLogger(__name__).warning("sent %s as %r", secret, {"a": secret})

    assert VALUE not in caplog.text
    assert SHOWN in caplog.text


@pytest.mark.parametrize("other", ["another", Secret("another"), None, 5])
def test_a_failed_comparison_shows_no_value(secret: Secret, other: object) -> None:
    """The message of an assertion shows what stands for the secret."""
    with pytest.raises(AssertionError) as caught:
        assert secret == other

    assert VALUE not in str(caught.value)


def test_a_failed_comparison_of_connectors_shows_no_value(secret: Secret) -> None:
    """So does one of whole connectors, which pytest takes apart field by field."""
    with pytest.raises(AssertionError) as caught:
        assert connector(secret) == connector(Secret("another", SHOWN))

    assert VALUE not in str(caught.value)


def test_a_traceback_with_local_variables_shows_no_value(secret: Secret) -> None:
    """Tools that print local variables print the secret's repr."""
    with pytest.raises(ValueError, match="TOKEN") as caught:
        raise ValueError(secret)

    captured = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert VALUE not in "".join(captured.format())


def test_secrets_compare_by_value() -> None:
    """Equal values are equal whatever stands for them; an unknown one equals nothing."""
    unknown = Secret(None, SHOWN)

    assert Secret("a", "x") == Secret("a", "y") == "a"
    assert Secret("a") != Secret("b")
    assert hash(Secret("a")) == hash(Secret("a", "y"))
    assert unknown != Secret(None, SHOWN)
    assert unknown != SHOWN


def test_only_reveal_gives_the_value(secret: Secret) -> None:
    """The wire gets the value; of an unknown secret there is none to give."""
    assert reveal(secret) == secret.reveal() == VALUE
    assert reveal("plain") == "plain"
    assert not is_known(Secret(None))
    with pytest.raises(ValueError, match="was not resolved"):
        Secret(None, SHOWN).reveal()
