"""Our dataclass against that of the standard library: nobody can tell which one made a class."""

import copy
import dataclasses
import inspect
import math
import operator
import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import FrozenInstanceError, asdict, field, fields, is_dataclass, replace
from itertools import product
from typing import Any, get_type_hints

import pytest

from dcsync.dataclass import dataclass
from dcsync.model.diagnostic import Position

Decorate = Callable[..., Any]


def classes(decorate: Decorate) -> list[Any]:
    """One of each form that dcsync has."""

    @decorate(frozen=True, slots=True)
    class Frozen:
        """A frozen one."""

        name: str
        size: int = 1
        hidden: str = field(default="", repr=False)
        uncompared: list[int] = field(default_factory=list, compare=False)

    @decorate(slots=True)
    class Changing:
        """One that changes."""

        name: str
        made: dict[str, int] = field(default_factory=dict)
        later: int = field(init=False)
        always: int = field(default=7, init=False)

        def __post_init__(self) -> None:
            self.later = len(self.name)

    @decorate(frozen=True, slots=True, kw_only=True)
    class Named(Frozen):
        """One with a base, and arguments by name."""

        extra: str
        other: int | None = None

    @decorate(frozen=True, slots=True, order=True)
    class Ordered:
        """One with an order."""

        name: str
        line: int = 0

    @decorate(frozen=True, slots=True)
    class Own:
        """One with methods of its own."""

        name: str

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return True

    @decorate(slots=True, repr=False)
    class Unshown:
        """One whose repr is its base's, without fields."""

    return [Frozen, Changing, Named, Ordered, Own, Unshown]


OURS, THEIRS = classes(dataclass), classes(dataclasses.dataclass)
GIVEN: list[list[dict[str, Any]]] = [
    [{"name": "a"}, {"name": "a", "uncompared": [1]}, {"name": "b", "size": 2, "hidden": "x"}],
    [{"name": "a"}, {"name": "a", "made": {"b": 1}}, {"name": "abc"}],
    [{"name": "a", "extra": "b"}, {"name": "a", "extra": "b", "other": 1}],
    [{"name": "a"}, {"name": "a", "line": 2}, {"name": "b"}],
    [{"name": "a"}, {"name": "b"}],
    [{}],
]
PAIRS = [
    pytest.param(made, original, given, id=made.__name__)
    for made, original, given in zip(OURS, THEIRS, GIVEN, strict=True)
]

LOOKS: list[Callable[[Any], Any]] = [
    lambda kind: [(each.name, each.kind) for each in inspect.signature(kind).parameters.values()],
    lambda kind: [each.annotation for each in inspect.signature(kind).parameters.values()],
    lambda kind: kind.__match_args__,
    lambda kind: [(each.name, each.repr, each.compare, each.init) for each in fields(kind)],
    lambda kind: kind.__slots__,
    lambda kind: get_type_hints(kind.__init__),
    lambda kind: (kind.__doc__, kind.__qualname__),
]
ACTS: list[Callable[[Any], Any]] = [
    asdict,
    copy.copy,
    copy.deepcopy,
    lambda made: repr(made).partition(" object at ")[0],
    lambda made: replace(made, name="else"),
    lambda made: setattr(made, "name", "else"),
    lambda made: delattr(made, "name"),
    lambda made: hash(made) == hash(copy.copy(made)),
    lambda made: made == "else",
    lambda made: type(made)(1, 2, 3, 4, 5, 6),
    lambda made: type(made)(unknown=1),
]
COMPARISONS = (operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge)


@pytest.mark.parametrize(("ours", "theirs", "given"), PAIRS)
def test_what_is_made_is_the_same(
    ours: Any, theirs: Any, given: Sequence[Mapping[str, Any]]
) -> None:
    """The classes, their instances, what may be done to these, and how two compare."""
    for look in LOOKS:
        assert look(ours) == look(theirs)
    for act, values in product(ACTS, given):
        assert outcome(act, ours(**values)) == outcome(act, theirs(**values))
    for compare, one, other in product(COMPARISONS, given, given):
        assert outcome(compare, ours(**one), ours(**other)) == outcome(
            compare, theirs(**one), theirs(**other)
        )


def outcome(act: Callable[..., Any], *arguments: Any) -> Any:
    """What comes of it, or how it fails."""
    try:
        found = act(*arguments)
    except Exception as error:  # noqa: BLE001 - its class is compared
        return type(error)
    return asdict(found) if is_dataclass(found) and not isinstance(found, type) else found


def test_classes_of_the_same_values_differ() -> None:
    """Two operations on the same connector are two."""
    assert OURS[3](name="a") != OURS[0](name="a")


def test_what_is_no_number_equals_itself() -> None:
    """As in the tuples that the standard library compares."""
    assert OURS[3](name=math.nan) == OURS[3](name=math.nan)


def test_frozen_means_frozen() -> None:
    """The error is the standard library's."""
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'line'"):
        Position("a.yaml", 1, 1).line = 2  # type: ignore[misc]  # that is what is tested


def test_what_is_frozen_can_be_pickled() -> None:
    """And comes back equal."""
    position = Position("a.yaml", 1, 1)

    assert pickle.loads(pickle.dumps(position)) == position  # noqa: S301 - our own


def test_nothing_is_compiled_before_an_instance() -> None:
    """A class whose instances a run never makes costs next to nothing."""
    script = (
        "from dcsync.dataclass import dataclass, _Init\n"
        "@dataclass(frozen=True, slots=True)\n"
        "class A:\n"
        "    a: int\n"
        "print(type(vars(A)['__init__']) is _Init, A(1).a, callable(vars(A)['__init__']))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout == "True 1 True\n"
