"""Prepares a rollout: its waves, proof of delivery, and advice on how to continue."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from dcsync.apply.waves import Wave, divide
from dcsync.cloud import Client
from dcsync.dataclass import asdict
from dcsync.formats import Format
from dcsync.model import Declarations
from dcsync.options.of_plans import ApplyOptions
from dcsync.options.shared import RolloutOptions
from dcsync.render.outcomes.rollout import NextSteps, WaveReport, WaveState, render_division
from dcsync.render.words import Visible, visible
from dcsync.session.output.progress import Progress
from dcsync.session.plans.planning import Planned, Run
from dcsync.session.reversal.reversing import ReversePlan
from dcsync.session.runs.holding import reason_to_hold
from dcsync.session.signals.stopping import Interruption
from dcsync.watch.evidence import VerdictKind

if TYPE_CHECKING:
    from dcsync.session.runs.rollout import Rollout

AT_ONCE = ("100%",)
MOST_NAMED = 20
"""Addresses that a command names; of more it is about all."""


def prepare(
    planned: Planned,
    this: Run,
    declarations: Declarations,
    options: ApplyOptions,
    client: Client,
    progress: Progress,
    interruption: Interruption,
    reverse: ReversePlan | None,
) -> Rollout | None:
    """None if the plan is applied at once and no proof is requested.

    CommandLineError for waves that end too early. What `reverse` cannot restore is said.
    """
    asked, plan = options.rollout, planned.plan
    for lost in reverse.lost if reverse else ():
        progress.console.problem(visible(f"warning: cannot be rolled back: {lost}"))
    if not asked.waves and not asked.verify:
        return None
    from dcsync.session.runs.proving import Prover
    from dcsync.session.runs.rollout import Rollout

    prover = Prover(
        client,
        declarations,
        asked.verify_timeout,
        options.execution.settle,
        options.cloud.parallelism,
        interruption,
        progress.console.note,
    )
    show = partial(_show, options.format, progress)
    waves = divide(plan.operations, asked.waves or AT_ONCE)
    if len(waves.waves) > 1 and not plan.guards:
        show(render_division(waves, is_verified=asked.verify))
    return Rollout(
        waves,
        prover if asked.verify else None,
        asked.allow_quiet,
        partial(_reason_to_hold, planned, this, options, client),
        partial(_next_steps, options, reverse),
        show,
        progress,
        interruption,
        plan.unchanged,
    )


def _show(output: Format, progress: Progress, text: Visible) -> None:
    """Part of the result where that is text; otherwise progress."""
    if output is Format.TEXT:
        progress.console.result(text)
    else:
        progress.line(text)


def _reason_to_hold(
    planned: Planned, this: Run, options: ApplyOptions, client: Client, wave: Wave
) -> str:
    """What holds a wave back by now, or "": it may start hours after the plan was made."""
    if wave.number == 1:
        return ""  # that was asked just now
    return reason_to_hold(wave.operations, planned, this, options, client)


def _next_steps(
    options: ApplyOptions, reverse: ReversePlan | None, reports: Sequence[WaveReport]
) -> NextSteps:
    """What was applied and not proven is to be proven before anything else is applied."""
    back = reverse.command if reverse else ""
    lost = reverse.lost if reverse else ()
    earlier = reverse.earlier if reverse else ()
    if all(each.went_well for each in reports):
        return NextSteps("", back, lost, earlier)
    again = shlex.join(_again(options))
    unproven = [
        verdict.address
        for each in reports
        for verdict in each.verdicts
        if verdict.outcome is not VerdictKind.PASSED
    ]
    if unproven and not options.plan:
        files = [f"--file={each}" for each in options.selection.paths]
        addresses = unproven if len(unproven) <= MOST_NAMED else []
        proof = shlex.join(["dcsync", "verify", "--sync", *addresses, *files])
        is_last = all(each.state is not WaveState.NOT_APPLIED for each in reports)
        again = proof if is_last else f"{proof} && {again}"
    return NextSteps(again, back, lost, earlier)


def _again(options: ApplyOptions) -> Iterator[str]:
    """The command to continue: the same selection and decisions, planned again."""
    yield from ("dcsync", "apply")
    rollout = options.rollout
    yield from [f"--plan={options.plan}"] if options.plan else _selected(options)
    if rollout.waves:
        yield f"--waves={','.join(rollout.waves)}"
    if rollout.verify:
        yield "--verify"
        if rollout.verify_timeout != RolloutOptions().verify_timeout:
            yield f"--verify-timeout={rollout.verify_timeout:g}"
    for option, is_given in (
        ("--allow-quiet", rollout.allow_quiet),
        ("--keep-going", options.execution.keep_going),
        ("--auto-approve", options.execution.auto_approve and not options.plan),
    ):
        if is_given:
            yield option


def _selected(options: ApplyOptions) -> Iterator[str]:
    """What the run was narrowed to, and what it may do."""
    selection = options.selection
    yield from selection.addresses
    given = (
        ("--except", selection.excepted),
        ("--project", selection.projects),
        ("--changed-since", [selection.changed_since]),
        ("--shard", ["/".join(map(str, selection.shard))] if selection.shard else []),
        ("--file", selection.paths),
        ("--base", [options.base]),
        ("--base-from", [options.base_from]),
        *(
            (f"--{name.replace('_', '-')}", [str(number)] if number else [])
            for name, number in asdict(options.allowances).items()
        ),
    )
    for option, values in given:
        for value in filter(None, values):
            yield f"{option}={value}"
