"""Reports operations, while they run and at the end, and determines the result of the run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from dcsync.apply import Outcome, Status
from dcsync.dataclass import dataclass, field
from dcsync.formats import Format, PlanFormat
from dcsync.model import Diagnostic, Severity
from dcsync.render.naming import Names
from dcsync.render.outcomes import outcome_text
from dcsync.render.words import Visible, lines, visible
from dcsync.session.output.diagnostics import annotate
from dcsync.session.output.github import add_to_summary
from dcsync.session.output.progress import Progress
from dcsync.session.result import Result

FAILURES = {Status.FAILED, Status.NOT_SYNCED, Status.REFUSED}


@dataclass(frozen=True, slots=True)
class RunReport:
    """How a run is reported: text as it happens, the other formats by `whole` at the end.

    `summary` is shown by GitHub Actions.
    """

    format: PlanFormat
    paths: Sequence[str]
    progress: Progress
    tally: Callable[[Sequence[Outcome]], Visible]
    whole: Callable[[Sequence[Outcome]], Visible]
    summary: Callable[[Sequence[Outcome]], Visible]
    names: Names = field(default_factory=dict)

    def follow(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """The outcomes, each reported as soon as it is known."""
        return map(self._report, outcomes)

    def finish(
        self, outcomes: Sequence[Outcome], *, failed: bool = False, interrupted: bool = False
    ) -> Result:
        """Print the end of the report and return the result; `failed` if something else failed."""
        if self._is_text:
            if outcomes:
                self._print(lines([visible(""), self.tally(outcomes)]))
        else:
            self._print(self.whole(outcomes))
        if self.progress.console.failure:  # standard error may still have a reader
            self.progress.console.problem(self.tally(outcomes))
        failures = [_diagnostic(each) for each in outcomes if each.status in FAILURES]
        annotate(failures, self.progress.console)
        add_to_summary(lambda: self.summary(outcomes), self.progress.console)
        statuses = {outcome.status for outcome in outcomes}
        return Result(
            changed=any(outcome.changed for outcome in outcomes),
            failed=failed or not statuses.isdisjoint({Status.FAILED, Status.NOT_SYNCED}),
            refused=not statuses.isdisjoint({Status.REFUSED, Status.NOT_ATTEMPTED}),
            interrupted=interrupted,
            bug=next((outcome.bug for outcome in outcomes if outcome.bug), None),
        )

    @property
    def _is_text(self) -> bool:
        return self.format is Format.TEXT

    def _report(self, outcome: Outcome) -> Outcome:
        render = partial(outcome_text.render_outcome, outcome, paths=self.paths, names=self.names)
        if self._is_text:
            self._print(render(style=self.progress.console.style))
        else:
            self.progress.line(render())
        self.progress.advance()
        return outcome

    def _print(self, text: Visible) -> None:
        self.progress.console.result(text)


def _diagnostic(outcome: Outcome) -> Diagnostic:
    operation = outcome.operation
    subject = operation.address or f"{operation.display_name} in {operation.project_key}"
    message = f"{subject}: {outcome.status}: {outcome.error}"
    return Diagnostic(Severity.ERROR, message, operation.source)
