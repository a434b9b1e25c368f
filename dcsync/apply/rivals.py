"""Deletes what this run created if another run had created the same before. Nothing else.

The API has no locks, but ids sort by time. So every run lists again after its creates, and of
several runs all but the one with the oldest connector delete their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count

from dcsync.apply.outcome import Outcome, Status
from dcsync.cloud import Reader
from dcsync.dataclass import dataclass, replace
from dcsync.errors import CloudError, InvalidResponse
from dcsync.model import Connector, Declared
from dcsync.plan import compare

DUPLICATE = "another run has created the same connector"
Live = Mapping[str, Connector]
"""A project's connectors by id."""


@dataclass(frozen=True, slots=True)
class Rivals:
    """Finds the duplicates of one project's new connectors.

    `created` says of each new one by id whether this run certainly made it. `delete` deletes a
    connector, `settle(why)` waits until another run must have deleted its own, and
    `back_off(times, error)` waits until what was just created is listed, or raises the error.
    """

    reader: Reader
    project_id: str
    created: Mapping[str, bool]
    declared: Mapping[str, Declared]
    delete: Callable[[str], None]
    settle: Callable[[str], None]
    back_off: Callable[[int, Exception], None]

    def resolve(self, outcomes: Sequence[Outcome]) -> Iterator[Outcome]:
        """The outcomes of creates and replaces, after checking for other runs."""
        new = [each for each in outcomes if each.data_connector_id in self.created]
        judged = self._judge_all(new) if new else {}
        return (judged.get(each.data_connector_id, each) for each in outcomes)

    def _judge_all(self, new: Sequence[Outcome]) -> dict[str, Outcome]:
        """The result for each, by the id of its new connector; a second look only if needed."""
        judged: dict[str, Outcome] = {}
        for last in (False, True):
            left = [each for each in new if each.data_connector_id not in judged]
            if not left:
                break
            if last:
                self.settle(DUPLICATE)
            try:
                live = self._look(left)
            except CloudError as error:
                return judged | {each.data_connector_id: _unchecked(each, error) for each in left}
            for each in left:
                if verdict := self._judge(each, live, last=last):
                    judged[each.data_connector_id] = verdict
        return judged

    def _look(self, new: Sequence[Outcome]) -> Live:
        """The current project: a listing without the new connectors is incomplete."""
        wanted = {each.data_connector_id for each in new}
        for times in count(1):
            listing = self.reader.list_data_connectors(self.project_id)
            live = {each.data_connector_id: each for each in listing}
            if wanted <= live.keys():
                break
            missing = ", ".join(sorted(wanted - live.keys()))
            self.back_off(times, InvalidResponse(f"the listing does not show the new {missing}"))
        return live

    def _judge(self, outcome: Outcome, live: Live, *, last: bool) -> Outcome | None:
        """The outcome after a listing, or None while another run may still delete."""
        own_id = outcome.data_connector_id
        duplicates = sorted(_duplicates(live[own_id], live))
        if not duplicates:
            return outcome
        comparable = {len(each) for each in duplicates} == {len(own_id)}
        if self.created[own_id] and comparable and duplicates[0] < own_id:
            return self._withdraw(outcome, live[duplicates[0]])
        return _doubled(outcome, duplicates) if last else None

    def _withdraw(self, outcome: Outcome, first: Connector) -> Outcome:
        """Delete this run's own, which came second."""
        own_id, first_id = outcome.data_connector_id, first.data_connector_id
        who = f"another run created {first_id} first"
        try:
            self.delete(own_id)
        except CloudError as error:
            return _fail(
                outcome,
                f"{who}, and this run's {own_id} could not be deleted, so events arrive twice "
                f"until you delete it: {error}",
            )
        done = f"{who}; this run's {own_id} was deleted again"
        outcome = replace(outcome, data_connector_id=first_id)
        if differing := compare(self.declared[outcome.operation.address], first):
            paths = ", ".join(str(each.path) for each in differing)
            return _fail(outcome, f"{done}; the first differs in {paths}: plan again")
        if outcome.is_done:
            return replace(outcome, note=done)
        return _fail(outcome, done)


def _duplicates(new: Connector, live: Live) -> Iterator[str]:
    """The ids of all others with its name and type, whatever their endpoint."""
    for key, each in live.items():
        same = (each.display_name, each.type) == (new.display_name, new.type)
        if same and key != new.data_connector_id:
            yield key


def _doubled(outcome: Outcome, duplicates: Sequence[str]) -> Outcome:
    ids = ", ".join((outcome.data_connector_id, *duplicates))
    return _fail(
        outcome,
        f"there is more than one connector of this name and type now, so events arrive more than "
        f"once: {ids}; delete all but one of them",
    )


def _unchecked(outcome: Outcome, error: CloudError) -> Outcome:
    return _fail(
        outcome,
        f"{outcome.data_connector_id} was created, and whether another run created the same could "
        f"not be checked: {error}; plan again",
    )


def _fail(outcome: Outcome, why: str) -> Outcome:
    """A failure that changed the cloud; earlier errors stay first."""
    error = f"{outcome.error}; {why}" if outcome.error else why
    return replace(outcome, status=Status.FAILED, error=error, partial=True)
