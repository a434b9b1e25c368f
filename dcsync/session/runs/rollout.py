"""Applies a plan in waves: each is proven before the next starts; a failed one stops the
rollout."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from dcsync.apply import Engine, Outcome, Status
from dcsync.apply.waves import Wave, Waves
from dcsync.dataclass import dataclass, field, replace
from dcsync.errors import CloudError
from dcsync.plan import Blocked, Plan
from dcsync.render.outcomes import rollout as rendered
from dcsync.render.outcomes.rollout import NextSteps, RolloutReport, WaveReport, WaveState
from dcsync.render.watching import duration_text
from dcsync.render.words import Visible, counted, lines, visible
from dcsync.session.output.progress import Progress
from dcsync.session.runs.proving import Prover, changed_addresses
from dcsync.session.signals.stopping import Interruption
from dcsync.watch.evidence import Verdict, is_proven


@dataclass(slots=True)
class Rollout:
    """One run in waves. `prover` is None without proof.

    `hold` says why a wave must not start, or "". `show` prints what comes between the operations,
    and `next_steps` describes how to continue. `in_sync` connectors need no change. `reports` are
    filled as waves end, by number.
    """

    waves: Waves
    prover: Prover | None
    allow_quiet: bool
    hold: Callable[[Wave], str]
    next_steps: Callable[[Sequence[WaveReport]], NextSteps]
    show: Callable[[Visible], None]
    progress: Progress
    interruption: Interruption
    in_sync: int
    reports: dict[int, WaveReport] = field(default_factory=dict)

    def run(self, engine: Engine, plan: Plan) -> Iterator[Outcome]:
        """The outcomes of the started waves, as they complete."""
        yield from engine.run(replace(plan, operations=self.waves.blocked))
        for wave in self.waves.waves:
            self.show(lines([visible(""), rendered.render_head(wave, len(self.waves.waves))]))
            if self._is_held_back(wave):
                return
            self.reports[wave.number] = WaveReport(wave, WaveState.FAILED)  # if it breaks off
            outcomes: list[Outcome] = []
            for outcome in engine.run(replace(plan, operations=wave.operations)):
                outcomes.append(outcome)
                yield outcome
            report = self.reports[wave.number] = self._judge(wave, outcomes)
            self.show(rendered.render_tail(report, len(self.waves.waves), self._style))
            if not report.went_well:
                return

    @property
    def report(self) -> RolloutReport:
        """The state of all waves; those that were not started are not applied."""
        reports = tuple(
            self.reports.get(each.number, WaveReport(each, WaveState.NOT_APPLIED))
            for each in self.waves.waves
        )
        return RolloutReport(reports, self.next_steps(reports), self.in_sync if self.prover else 0)

    @property
    def is_unproven(self) -> bool:
        """Whether something was applied without the requested proof of delivery."""
        return any(each.state is WaveState.NOT_PROVEN for each in self.reports.values())

    def finish(self, outcomes: Sequence[Outcome]) -> Iterator[Outcome]:
        """Print the progress and how to continue; the outcomes of waves not started."""
        known = {id(each.operation) for each in outcomes}
        left_out = [each for each in self._left_out() if id(each.operation) not in known]
        self.show(lines([visible(""), rendered.render_end(self.report, self._style)]))
        return iter(left_out)

    def _left_out(self) -> Iterator[Outcome]:
        last = max(self.reports, default=0)
        why = f"wave {last} of {len(self.waves.waves)} failed"
        if self.interruption.asked:
            why = "interrupted before its turn"
        for wave in self.waves.waves:
            for each in wave.operations:
                is_blocked = isinstance(each, Blocked)
                status = Status.REFUSED if is_blocked else Status.NOT_ATTEMPTED
                reason = each.reason if is_blocked else why
                yield Outcome(each, status, reason, each.data_connector_id)

    def _is_held_back(self, wave: Wave) -> bool:
        reason = self.hold(wave)
        if reason:
            self.reports[wave.number] = WaveReport(wave, WaveState.HELD_BACK)
            self.progress.console.problem(visible(f"dcsync: {reason}"))
        return bool(reason)

    def _judge(self, wave: Wave, outcomes: Sequence[Outcome]) -> WaveReport:
        """The result of a wave whose operations have ended, after its proof."""
        missed = [
            each
            for each in outcomes
            if each.status is not Status.DONE and not isinstance(each.operation, Blocked)
        ]
        if any(each.status is not Status.NOT_ATTEMPTED for each in missed):
            return WaveReport(wave, WaveState.FAILED)
        if missed or self.interruption.asked:
            return WaveReport(wave, WaveState.INTERRUPTED)
        if self.prover is None:
            return WaveReport(wave, WaveState.APPLIED)
        return self._prove(wave, self.prover, outcomes)

    def _prove(self, wave: Wave, prover: Prover, outcomes: Sequence[Outcome]) -> WaveReport:
        number = len(changed_addresses(outcomes))
        patience = duration_text(prover.timeout_s)
        if number:
            connectors = counted(number, "connector")
            self.progress.console.note(visible(f"verifying {connectors} for up to {patience}"))
        try:
            verdicts = tuple(prover.prove(outcomes))
        except CloudError as error:
            self.progress.console.problem(visible(f"dcsync: cannot verify: {error}"))
            return WaveReport(wave, WaveState.NOT_PROVEN)
        if verdicts:
            self.show(rendered.render_verdicts(verdicts, self._style))
        return WaveReport(wave, self._state(verdicts), verdicts)

    def _state(self, verdicts: Sequence[Verdict]) -> WaveState:
        if is_proven(verdicts, allow_quiet=self.allow_quiet):
            return WaveState.PROVEN
        return WaveState.INTERRUPTED if self.interruption.asked else WaveState.NOT_PROVEN

    def _style(self, text: Visible, style: str) -> Visible:
        return self.progress.console.style(text, style)
