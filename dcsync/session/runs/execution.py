"""Shows a plan, asks for approval, and executes it: what `apply` and `destroy` share."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, assert_never

from dcsync.apply import Engine, Outcome, Status
from dcsync.cloud import Client, Reader, Writer
from dcsync.dataclass import replace
from dcsync.formats import Format, PlanFormat, View
from dcsync.model import Declarations
from dcsync.options.of_plans import ApplyOptions, DestroyOptions
from dcsync.plan import Operation, Plan
from dcsync.render.outcomes import outcome_json, outcome_markdown, outcome_text
from dcsync.render.plans import plan_text
from dcsync.render.words import Visible, block, lines, visible
from dcsync.session.output.github import report_plan
from dcsync.session.output.progress import Progress
from dcsync.session.plans.planning import Planned
from dcsync.session.result import Result
from dcsync.session.runs.reporting import RunReport
from dcsync.session.signals.stopping import Interruption

if TYPE_CHECKING:
    from dcsync.session.runs.rollout import Rollout

Executing = ApplyOptions | DestroyOptions

QUESTION = block("\nDo you want to perform these actions? Only 'yes' will be accepted to approve:")


def show(plan: Plan, format: PlanFormat, view: View, progress: Progress) -> None:
    """Print the plan as text; other formats have it in the report. Always reports it to GitHub."""
    report_plan(plan, progress.console)
    if format is Format.TEXT:
        console = progress.console
        text = plan_text.render_plan(plan, console.style, view)
        console.result(lines([text, visible("")]) if plan.has_changes else text)


def is_read(options: Executing, *, is_reviewed: bool = False) -> bool:
    """Whether a person reads the plan before it is executed."""
    is_decided = is_reviewed or options.execution.auto_approve
    return not is_decided and options.format is not Format.JSON


def reason_not_to(
    plan: Plan,
    options: Executing,
    progress: Progress,
    by_now: Callable[[], str],
    *,
    is_reviewed: bool = False,
) -> str:
    """Why nothing may be executed, or "". Asks for approval if nothing else decides.

    An approval may take hours: `by_now` says what has come to hold the plan back meanwhile.
    """
    if not plan.is_whole:
        unplanned = plan_text.unplanned_text(plan)
        if is_reviewed:
            return f"{unplanned}, so this is not the plan that was reviewed"
        if not options.execution.keep_going:
            return f"{unplanned}; --keep-going applies the others"
    if plan.guards:
        return "a guard refuses this run"
    if not plan.has_changes or options.execution.auto_approve or is_reviewed:
        return ""
    console = progress.console
    if options.format is not Format.TEXT:
        console.problem(plan_text.render_plan(plan, console.err_style, options.view))
    if not console.ask(QUESTION):
        return "not approved: type yes, or run with --auto-approve"
    return by_now()


def refuse(plan: Plan, reason: str, options: Executing, progress: Progress) -> Result:
    """The report of a run that was not begun."""
    progress.console.problem(visible(f"dcsync: nothing was changed: {reason}"))
    outcomes = [
        Outcome(each, Status.NOT_ATTEMPTED, reason, each.data_connector_id)
        for each in plan.operations
    ]
    return _report(plan, options, progress).finish(outcomes, failed=bool(plan.problems))


def carry_out(
    planned: Planned,
    declarations: Declarations,
    options: Executing,
    client: Client,
    progress: Progress,
    interruption: Interruption,
    rollout: Rollout | None = None,
) -> Result:
    """Execute the plan, in waves where there is a rollout, and report every operation."""
    plan = planned.plan
    report = _report(plan, options, progress, rollout)
    started: set[int] = set()
    engine = _engine(planned, declarations, options, client, progress, interruption, started)
    interruption.begin()
    outcomes: list[Outcome] = []
    bug = None
    try:
        with progress.of("applying", len(plan.operations)):
            running = rollout.run(engine, plan) if rollout else engine.run(plan)
            for outcome in report.follow(running):
                outcomes.append(outcome)  # noqa: PERF402 - kept up to where it breaks
    except Exception as error:  # noqa: BLE001 - what was done must be reported anyway
        bug = error
        outcomes += _unknown(plan, outcomes, started)
    if rollout:
        outcomes += rollout.finish(outcomes)
    result = report.finish(outcomes, failed=bool(plan.problems), interrupted=interruption.asked)
    result = replace(result, missed=bool(rollout and rollout.is_unproven))
    return replace(result, failed=True, bug=bug) if bug else result


def _engine(
    planned: Planned,
    declarations: Declarations,
    options: Executing,
    client: Client,
    progress: Progress,
    interruption: Interruption,
    started: set[int],
) -> Engine:
    """Executes the plan's operations; the `id()` of each is added to `started` when it begins."""

    def start(operation: Operation) -> None:
        started.add(id(operation))
        progress.start(outcome_text.subject(operation, planned.plan.names))

    def settle(why: str) -> None:
        waiting = f"waiting {options.execution.settle:g} s to check its result"
        progress.console.note(visible(f"{why}, {waiting}"))
        interruption.wait(options.execution.settle)

    return Engine(
        reader=Reader(client),
        writer=Writer(client),
        declared={each.project_id: each.connectors for each in declarations.projects},
        live=planned.live,
        listed_at=planned.listed_at,
        parallelism=options.cloud.parallelism,
        clock=time.monotonic,
        settle=settle,
        back_off=client.back_off,
        stopped=lambda: interruption.asked,
        starting=start,
    )


def _unknown(
    plan: Plan, outcomes: Sequence[Outcome], started: Collection[int]
) -> Iterator[Outcome]:
    """The outcomes of the other operations, some of which may be done."""
    known = {id(each.operation) for each in outcomes}
    for each in plan.operations:
        if id(each) in known:
            continue
        if id(each) in started:
            error = "the run was aborted: run 'dcsync plan' to see what was done"
            yield Outcome(each, Status.FAILED, error, each.data_connector_id, partial=True)
        else:
            error = "the run was aborted before its turn"
            yield Outcome(each, Status.NOT_ATTEMPTED, error, each.data_connector_id)


def _report(
    plan: Plan, options: Executing, progress: Progress, rollout: Rollout | None = None
) -> RunReport:
    paths = options.selection.paths

    def of(render: Callable[..., Visible], outcomes: Sequence[Outcome]) -> Visible:
        return render(plan, outcomes, paths=paths, rollout=rollout and rollout.report)

    return RunReport(
        options.format,
        paths,
        progress,
        tally=partial(outcome_text.tally_of, plan),
        whole=partial(of, _renderer(options.format)),
        summary=partial(of, outcome_markdown.render_report),
        names=plan.names,
    )


def _renderer(format: PlanFormat) -> Callable[..., Visible]:
    """What prints the report at the end; as text, each outcome was printed as it came."""
    match format:
        case Format.TEXT | Format.JSON:
            return outcome_json.render_report
        case Format.MARKDOWN:
            return outcome_markdown.render_report
        case _:
            assert_never(format)
