"""The arguments of the commands that create, print and apply plans."""

from __future__ import annotations

import argparse

from dcsync.arguments.parser import describe
from dcsync.arguments.shared import (
    add_allowance,
    add_cloud,
    add_decisions,
    add_execution,
    add_format,
    add_impact,
    add_selection,
    add_view,
)
from dcsync.arguments.values import seconds, waves
from dcsync.formats import PlanFormat


def add_plan(parser: argparse.ArgumentParser) -> None:
    describe(
        parser,
        "Show what apply would do, and change nothing.",
        "  dcsync plan\n  dcsync plan -f connectors/ --detailed-exitcode\n  dcsync plan --summary\n"
        "  dcsync plan --format json | jq .summary",
    )
    add_selection(parser)
    parser.add_argument(
        "--detailed-exitcode", action="store_true", help="exit with 2 if there are changes"
    )
    parser.add_argument(
        "--allow-unset", action="store_true", help="show unset variables as unknown"
    )
    add_impact(parser)
    parser.add_argument("--out", metavar="FILE", help="save the plan for 'apply --plan FILE'")
    add_decisions(parser)
    add_view(parser)
    add_format(parser, PlanFormat)
    add_cloud(parser)


def add_drift(parser: argparse.ArgumentParser) -> None:
    describe(
        parser,
        "Show live connectors that are neither as applied nor as declared now. Changes that\n"
        "are declared and not applied yet are pending. Changes nothing; exits with 2 on drift.",
        "  dcsync drift\n  dcsync drift --applied HEAD~1 -f connectors/\n"
        "  dcsync drift --accepted drift.accepted.yaml --format json",
    )
    add_selection(parser)
    parser.add_argument(
        "--applied",
        metavar="REV",
        default="refs/dcsync/applied",
        help="the Git revision applied last (default: refs/dcsync/applied)",
    )
    parser.add_argument(
        "--accepted",
        metavar="FILE",
        help="a file with accepted drift (default: drift.accepted.yaml, if it exists)",
    )
    parser.add_argument(
        "--unmanaged",
        action="store_true",
        help="report undeclared connectors as drift under every `prune`",
    )
    parser.add_argument(
        "--allow-unset", action="store_true", help="do not compare fields with unset variables"
    )
    add_format(parser, PlanFormat)
    add_cloud(parser)


def add_apply(parser: argparse.ArgumentParser) -> None:
    describe(
        parser,
        "Plan, show the plan, prompt, and apply it.",
        "  dcsync apply\n  dcsync apply -f connectors/ --auto-approve\n"
        "  dcsync apply --auto-approve --allow-deletes 5\n"
        "  dcsync apply --waves 1,10%,100% --verify",
    )
    add_selection(parser)
    parser.add_argument(
        "--plan",
        metavar="FILE_OR_DIGEST",
        default="",
        help="only if the plan is unchanged: a saved plan, or 8 or more digits of a digest",
    )
    add_execution(parser)
    _add_rollout(parser)
    add_impact(parser)
    add_decisions(parser)
    add_view(parser)
    add_format(parser, PlanFormat)
    add_cloud(parser)


def _add_rollout(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--waves",
        metavar="SIZES",
        type=waves,
        default=(),
        help="apply in waves, each up to so many projects in total, as in 1,10%%,100%%",
    )
    parser.add_argument(
        "--verify",
        action="store_true",
        help="continue only if the connectors changed by a wave deliver",
    )
    parser.add_argument(
        "--verify-timeout",
        metavar="S",
        type=seconds,
        default=60.0,
        help="seconds to wait for the deliveries of a wave (60)",
    )
    parser.add_argument(
        "--allow-quiet", action="store_true", help="accept a wave without deliveries"
    )
    parser.add_argument(
        "--reverse",
        metavar="FILE",
        default="",
        help="save a plan that reverts everything here, before anything is changed "
        "(with --waves or --verify: dcsync-reverse-DIGEST.json)",
    )


def add_destroy(parser: argparse.ArgumentParser) -> None:
    describe(
        parser,
        "Delete the declared connectors, after showing them and prompting. Other connectors are\n"
        "left alone; the policy applies as for apply.",
        "  dcsync destroy oslo/ingest\n  dcsync destroy -p oslo --allow-deletes 4",
    )
    add_selection(parser)
    add_execution(parser)
    add_allowance(parser)
    add_view(parser)
    add_format(parser, PlanFormat)
    add_cloud(parser)


def add_sync(parser: argparse.ArgumentParser) -> None:
    describe(
        parser,
        "Make the named connectors push the latest event of each type of every device again.",
        "  dcsync sync oslo/ingest\n  dcsync sync 'oslo/*' '*/archive' -f connectors/",
    )
    add_selection(parser, needs_address=True)
    add_format(parser, PlanFormat)
    add_cloud(parser)


def add_show(parser: argparse.ArgumentParser) -> None:
    describe(
        parser,
        "Print a plan saved by 'dcsync plan --out FILE', or the differences between two.",
        "  dcsync show plan.json\n  dcsync show plan.json --format markdown\n"
        "  dcsync show old.json new.json",
    )
    parser.add_argument("saved", metavar="FILE", help="a saved plan")
    parser.add_argument(
        "newer", metavar="NEW", nargs="?", help="a second one: show the differences, field by field"
    )
    add_view(parser)
    add_format(parser, PlanFormat)


def add_report(parser: argparse.ArgumentParser) -> None:
    describe(
        parser,
        "Merge the JSON reports of several runs, such as those of --shard, into one. The exit\n"
        "code is that of a single run.",
        "  dcsync apply --shard 1/2 --auto-approve --format json > 1.json\n"
        "  dcsync report merge 1.json 2.json\n"
        "  dcsync report merge *.json --format json > all.json",
    )
    parser.add_argument("action", choices=("merge",), help="merge")
    parser.add_argument("reports", metavar="FILE", nargs="+", help="the output of --format json")
    add_format(parser, PlanFormat)
