"""The guards of policies: a table of rules over the operations of a run. Pure.

A guard never changes operations: it is shown beside them, and holds the whole run back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter

from dcsync.dataclass import dataclass, field
from dcsync.model import DAYS, WEEK, Allowances, Policy, frozen_until
from dcsync.plan.impact import loses_flow
from dcsync.plan.operations import LOSING, Guard, Impact, Operation
from dcsync.plan.previous import PlannedProject

CHANGING = ("create", "update", "replace", "delete")
MOST_NAMED = 5
"""Connectors that one message names."""
NOUNS = {"create": "creation", "update": "update", "replace": "replacement", "delete": "deletion"}


@dataclass(frozen=True, slots=True)
class Share:
    """What rules see of a project; `live` is its number of connectors, `now` is timezone-aware.

    `impacts` are those of its operations that were measured, by connector id.
    """

    planned: PlannedProject
    operations: tuple[Operation, ...]
    live: int
    now: datetime
    impacts: Mapping[str, Impact] = field(default_factory=dict)

    @property
    def policy(self) -> Policy:
        return self.planned.declared.policy

    @property
    def name(self) -> str:
        return f"project {self.planned.declared.key}"

    @property
    def frozen_until(self) -> datetime | None:
        """When the project's freeze ends; None if it is not frozen."""
        return frozen_until(self.policy.freeze, self.now)

    def count(self, actions: Iterable[str] = CHANGING) -> Counter[str]:
        """The number of operations with these actions."""
        return Counter(each.action for each in self.operations if each.action in actions)


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a rule holds the run back, for which project (None: all), and what else to do."""

    share: Share | None
    why: str
    instead: str


GuardCheck = Callable[[Sequence[Share]], Iterator[Objection]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: the actions that it counts, where they concern it, and its checks.

    It is overridden if `option` allows at least their number in the run.
    """

    option: str
    actions: tuple[str, ...]
    concerns: Callable[[Share, Operation], bool]
    checks: tuple[GuardCheck, ...]

    def allowed(self, allowances: Allowances) -> int:
        """The number that the option was given."""
        name = self.option.removeprefix("--").replace("-", "_")
        return int(getattr(allowances, name))

    def guards(self, shares: Sequence[Share], allowances: Allowances) -> Iterator[Guard]:
        """One for each objection that is not overridden."""
        count = sum(
            each.action in self.actions and self.concerns(share, each)
            for share in shares
            for each in share.operations
        )
        if count <= self.allowed(allowances):
            return
        for check in self.checks:
            for each in check(shares):
                project_id = each.share.planned.declared.project_id if each.share else ""
                way_on = f"to continue, use {self.option} {count} or {each.instead}"
                yield Guard(project_id, self.option, f"{each.why}; {way_on}")


def _exceeds(limit: str, *actions: str) -> GuardCheck:
    """More operations in a project than its policy's `limit`, if set."""
    limit_of: Callable[[Policy], int | None] = attrgetter(limit)

    def check(shares: Sequence[Share]) -> Iterator[Objection]:
        for share in shares:
            counts, most = share.count(actions), limit_of(share.policy)
            if most is not None and counts.total() > most:
                why = f"{_exceeding(counts, f'in {share.name}')} {limit} ({most})"
                yield Objection(share, why, f"raise policy.{limit}")

    return check


def _exceeds_in_the_run(limit: str, *actions: str) -> GuardCheck:
    """More operations in several projects than the largest `limit`, if each has one."""
    limit_of: Callable[[Policy], int | None] = attrgetter(limit)

    def check(shares: Sequence[Share]) -> Iterator[Objection]:
        counts = [found for each in shares if (found := each.count(actions))]
        limits = [limit_of(each.policy) for each in shares]
        most = max((each for each in limits if each is not None), default=0)
        total = sum(counts, Counter[str]())
        if len(counts) > 1 and None not in limits and total.total() > most:
            why = f"{_exceeding(total, 'in the whole run')} the largest {limit} in it ({most})"
            yield Objection(None, why, "apply fewer projects at a time")

    return check


def _exceeding(counts: Counter[str], where: str) -> str:
    return f"{_listed(counts)} {where} {'exceeds' if counts.total() == 1 else 'exceed'}"


def _listed(counts: Counter[str]) -> str:
    found = [(counts[action], noun) for action, noun in NOUNS.items() if counts[action]]
    *first, last = [f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in found]
    return f"{', '.join(first)} and {last}" if first else last


def _emptied(shares: Sequence[Share]) -> Iterator[Objection]:
    """Every live connector of a project is deleted, although that is not declared."""
    for share in shares:
        is_meant = not share.planned.declared.connectors and not share.planned.removed
        if not is_meant and 0 < share.live <= share.count(["delete"]).total():
            why = f"every live connector of {share.name} would be deleted"
            yield Objection(share, why, "declare `connectors: {}` for it if it should have none")


def _changes_what_is_frozen(shares: Sequence[Share]) -> Iterator[Objection]:
    for share in shares:
        until, counts = share.frozen_until, share.count()
        if until and counts:
            end, instead = _end(until, share.now)
            why = f"{share.name} is frozen {end}, with {_listed(counts)} pending"
            yield Objection(share, why, instead)


def _end(until: datetime, now: datetime) -> tuple[str, str]:
    """When a freeze ends, and what to do about it."""
    if until > now + WEEK:
        return "at all times", "change policy.freeze"
    when = f"until {DAYS[until.weekday()]} {until:%Y-%m-%d %H:%M} {until.tzinfo}"
    return when, "wait until then"


def _is_frozen(share: Share, operation: Operation) -> bool:  # noqa: ARG001 - a column
    return share.frozen_until is not None


def _any(share: Share, operation: Operation) -> bool:  # noqa: ARG001 - a column of the table
    return True


def _may_deliver(share: Share, operation: Operation) -> bool:
    """A connector whose deliveries could not be read may deliver."""
    if not share.policy.protect_active or not loses_flow(operation):
        return False
    impact = share.impacts.get(operation.data_connector_id)
    return impact is None or impact.is_unseen or impact.delivers


def _ends_a_flow(shares: Sequence[Share]) -> Iterator[Objection]:
    for share in shares:
        found = [each for each in share.operations if _may_deliver(share, each)]
        if found:
            counts = Counter(each.action for each in found)
            what = "; ".join(_flow(share, each) for each in found[:MOST_NAMED])
            more = f"; and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
            why = f"{_listed(counts)} in {share.name}, where policy.protect_active is set"
            yield Objection(share, f"{why}: {what}{more}", "disable them first")


def _flow(share: Share, operation: Operation) -> str:
    name = operation.address or f"{operation.display_name!r} ({operation.data_connector_id})"
    impact = share.impacts.get(operation.data_connector_id)
    if impact is None or impact.is_unseen:
        trouble = f", {impact.trouble}" if impact else ""
        return f"it is unknown whether {name} delivers{trouble}"
    events = "1 event" if impact.successes == 1 else f"{impact.successes:,} events"
    return f"{name} delivered {events} in the last 3 h"


RULES = (
    Rule(
        "--allow-deletes",
        LOSING,
        _any,
        (
            _exceeds("max_deletes", *LOSING),
            _emptied,
            _exceeds_in_the_run("max_deletes", *LOSING),
        ),
    ),
    Rule(
        "--allow-changes",
        ("update",),
        _any,
        (_exceeds("max_changes", "update"), _exceeds_in_the_run("max_changes", "update")),
    ),
    Rule(
        "--allow-frozen",
        CHANGING,
        _is_frozen,
        (_changes_what_is_frozen,),
    ),
    Rule(
        "--allow-active",
        LOSING,
        _may_deliver,
        (_ends_a_flow,),
    ),
)
"""Every rule, in the order in which a plan reports its guards."""


def unfounded(guard: Guard, operations: Iterable[Operation], allowances: Allowances) -> bool:
    """Whether these operations cannot cause such a guard, whatever their projects' policies."""
    actions = Counter(each.action for each in operations)
    return not any(
        rule.option == guard.lifted_by
        and sum(actions[each] for each in rule.actions) > rule.allowed(allowances)
        for rule in RULES
    )


OF_THE_MOMENT = tuple(each for each in RULES if each.option in ("--allow-frozen", "--allow-active"))
"""Rules whose verdict on the same operations may be another one later."""


def hold_back(
    shares: Sequence[Share], allowances: Allowances, rules: Sequence[Rule] = RULES
) -> tuple[Guard, ...]:
    """The guards of these rules, for all projects of a run."""
    return tuple(guard for rule in rules for guard in rule.guards(shares, allowances))
