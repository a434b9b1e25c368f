"""Our dataclass against that of the standard library: nobody can tell which one made a class."""

import copy
import dataclasses
import inspect
import math
import operator
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, asdict, fields, is_dataclass, replace
from itertools import product
from typing import Any, ClassVar, get_type_hints

import pytest

from dcsync import dataclass as dataclass_of
from dcsync.dataclass import dataclass, field
from dcsync.model.diagnostic import Position
from dcsync.model.path import FieldPath

Decorate = Callable[..., Any]


def classes(decorate: Decorate, field: Decorate) -> list[Any]:
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


OURS = classes(dataclass, field)
THEIRS = classes(dataclasses.dataclass, dataclasses.field)
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


def refused(decorate: Decorate) -> dict[str, Callable[[], Any]]:
    """Classes that the standard library does not make."""

    @decorate(frozen=True, slots=True)
    class Frozen:
        name: str = ""

    @decorate(slots=True)
    class Changing:
        name: str = ""

    def of(base: Any, **settings: bool) -> Callable[[], Any]:
        def make() -> Any:
            @decorate(slots=True, **settings)
            class Inheriting(base):  # type: ignore[misc]
                size: int = 0

            return Inheriting

        return make

    def without_default() -> Any:
        @decorate(slots=True)
        class Late(Changing):
            size: int

        return Late

    def with_list() -> Any:
        @decorate(slots=True)
        class Shared:
            names: list[str] = []  # noqa: RUF012 - that is what is refused

        return Shared

    return {
        "changing of frozen": of(Frozen),
        "frozen of changing": of(Changing, frozen=True),
        "non-default after default": without_default,
        "mutable default": with_list,
    }


@pytest.mark.parametrize("form", refused(dataclass))
def test_what_is_refused_is_refused_when_the_class_is_made(form: str) -> None:
    """Not when its first instance is, which may be in production."""
    theirs = outcome(refused(dataclasses.dataclass)[form])

    assert issubclass(theirs, Exception)
    assert outcome(refused(dataclass)[form]) is theirs


def test_required_arguments_by_name_may_come_late() -> None:
    """They have no order that a default could break."""

    @dataclass(frozen=True, slots=True)
    class Base:
        name: str = ""

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Late(Base):
        size: int

    assert Late("a", size=1) == Late(name="a", size=1)
    assert Late.__match_args__ == ("name",)


def test_a_field_may_be_left_out_of_the_hash_alone() -> None:
    """It is compared nevertheless; the other way round it is hashed and not compared."""

    @dataclass(frozen=True, slots=True)
    class Hashed:
        name: str
        labels: dict[str, str] = field(default_factory=dict, hash=False)
        note: str = field(default="", compare=False, hash=True)

    one, labelled, noted = Hashed("a"), Hashed("a", {"b": "c"}), Hashed("a", note="d")

    assert (hash(one) == hash(labelled), one == labelled) == (True, False)
    assert (hash(one) == hash(noted), one == noted) == (False, True)


def test_what_says_that_it_has_no_hash_gets_none() -> None:
    """An explicit None stays; the None that Python adds beside an `__eq__` does not."""

    @dataclass(frozen=True, slots=True)
    class Unhashable:
        name: str
        __hash__ = None  # type: ignore[assignment]

    with pytest.raises(TypeError, match="unhashable"):
        hash(Unhashable("a"))


def test_what_holds_itself_can_be_shown() -> None:
    """With dots where it would begin again."""

    @dataclass(slots=True)
    class Holder:
        held: list[Any]

    holder = Holder([])
    holder.held.append(holder)

    assert repr(holder).endswith("Holder(held=[...])")


def test_an_init_of_its_own_and_a_setter_count() -> None:
    """Classes of the user's own that inherit from one that changes."""

    @dataclass(slots=True)
    class Changing:
        name: str
        size: int = 1

    class Doubling(Changing):
        def __init__(self) -> None:
            super().__init__("a")

        def __setattr__(self, name: str, value: Any) -> None:
            super().__setattr__(name, value * 2)

    assert (Doubling().name, Doubling().size) == ("aa", 2)


def test_an_inherited_default_may_change() -> None:
    """In its place, and only below."""

    @dataclass(frozen=True, slots=True)
    class Base:
        name: str = "a"
        size: int = 1

    @dataclass(frozen=True, slots=True)
    class Other(Base):
        name: str = "b"

    assert (Base(), Other(), Other("c", 2)) == (
        Base("a", 1),
        Other("b", 1),
        Other(size=2, name="c"),
    )
    assert Other().name == "b"


def test_signatures_hide_how_defaults_are_made() -> None:
    """`help` shows what the standard library shows."""
    assert [str(inspect.signature(kind)) for kind in OURS] == [
        str(inspect.signature(kind)) for kind in THEIRS
    ]


def test_nothing_frozen_is_deleted() -> None:
    """And the error says so."""
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'line'"):
        del Position("a.yaml", 1, 1).line


def test_threads_may_make_the_first_instances_together() -> None:
    """Whoever compiles `__init__`, all get a whole one."""
    with ThreadPoolExecutor(8) as pool:
        for _ in range(20):

            @dataclass(frozen=True, slots=True)
            class Shared:
                name: str
                made: list[int] = field(default_factory=list)

            together = threading.Barrier(8)

            def make(kind: Any = Shared, wait: Callable[[], int] = together.wait) -> Any:
                wait()
                return kind("a") == kind(name="a", made=[])

            assert all(each.result(10) for each in [pool.submit(make) for _ in range(8)])


@pytest.mark.skipif(not hasattr(copy, "replace"), reason="copy.replace is of Python 3.13")
def test_copy_replace_works() -> None:
    """As dataclasses.replace does."""
    assert vars(copy)["replace"](Position("a.yaml", 1, 1), line=2) == Position("a.yaml", 2, 1)


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


def test_nothing_is_compiled_for_a_few_instances() -> None:
    """A class of which a run makes one or two costs next to nothing; many are made quickly."""
    script = (
        "from dcsync.dataclass import dataclass\n"
        "@dataclass(frozen=True, slots=True)\n"
        "class A:\n"
        "    a: int\n"
        "for number in (2, 100):\n"
        "    assert [A(each).a for each in range(number)] == [*range(number)]\n"
        "    print(type(vars(A)['__init__']).__name__)\n"
        "import sys; print('dataclasses' in sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["Initializer", "function", "False"]


WRONG: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((), {}),
    (("a",), {"name": "a"}),
    (("a",), {"unknown": 1}),
    (("a", 1, "b", [], 5, 6), {}),
    ((), {"size": 1, "later": 2, "self": 3, "instance": 4}),
]


@pytest.mark.parametrize("place", range(len(OURS)))
def test_the_first_instances_are_like_all_others(place: int) -> None:
    """Before `__init__` is compiled: what is made, and how wrong arguments are refused."""
    ours, theirs = classes(dataclass, field)[place], THEIRS[place]
    made = [ours(**values) for values in GIVEN[place]]
    refused = [outcome_in_words(ours, wrong) for wrong in WRONG]
    is_compiled = callable(vars(ours)["__init__"])

    assert not is_compiled
    assert [asdict(each) for each in made] == [asdict(theirs(**each)) for each in GIVEN[place]]
    assert refused == [outcome_in_words(theirs, wrong) for wrong in WRONG]


def outcome_in_words(kind: Any, wrong: tuple[tuple[Any, ...], dict[str, Any]]) -> str:
    """What is made, or the message of the error."""
    values, named = wrong
    try:
        return repr(kind(*values, **named)).partition(" object at ")[0]
    except TypeError as error:
        return str(error)


def test_asdict_goes_into_containers() -> None:
    """As the original does."""

    @dataclass(slots=True)
    class Outer:
        places: dict[str, list[Position]]
        path: FieldPath
        pairs: tuple[tuple[Position, int], ...] = ()

    place = Position("a.yaml", 1, 2)
    outer = Outer({"a": [place]}, FieldPath(("b", "c")), ((place, 1),))

    assert dataclass_of.asdict(outer) == asdict(outer)
    assert type(dataclass_of.asdict(outer)["path"]) is FieldPath


def test_what_is_of_the_class_is_no_field() -> None:
    """Whether annotations are strings, as nearly everywhere, or values."""

    @dataclass(slots=True)
    class Counting:
        names: ClassVar[list[str]] = []
        number: "ClassVar[int]" = 1
        size: int = 2
        length: "int" = 3

    assert [each.name for each in fields(Counting)] == ["size", "length"]
    assert (Counting.names, Counting.number, Counting(4).size) == ([], 1, 4)


def test_only_classes_with_slots_are_made() -> None:
    """What mypy would take for one without must not get them."""
    make: Any = dataclass

    with pytest.raises(TypeError, match="slots"):
        make(slots=False)
