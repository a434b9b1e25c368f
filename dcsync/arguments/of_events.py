"""The arguments of the commands about events and deliveries."""

from __future__ import annotations

import argparse

from dcsync.arguments.parser import describe
from dcsync.arguments.shared import (
    add_cloud,
    add_delivery,
    add_format,
    add_rules,
    add_selection,
    add_settle,
    add_wishes,
)
from dcsync.arguments.values import HEALTH, count, health, named, seconds
from dcsync.formats import EventFormat, PlainFormat, PlanFormat, StatusFormat


def add_watch(parser: argparse.ArgumentParser) -> None:
    describe(
        parser,
        "Stream the events of the declared connectors' devices.",
        "  dcsync watch\n  dcsync watch 'oslo/*' --event-type temperature --count 10\n"
        "  dcsync watch --since 2h\n"
        "  dcsync watch --format json --duration 60 | jq .eventType\n"
        "  dcsync watch --format json --resume watch.state >> events.jsonl\n"
        "  dcsync watch oslo/ingest --forward-to http://127.0.0.1:8000/dt",
    )
    add_selection(parser)
    parser.add_argument("--count", metavar="N", type=count, help="end after N events")
    parser.add_argument("--duration", metavar="S", type=seconds, help="end after S seconds")
    parser.add_argument(
        "--since", metavar="TIME", help="start at a time (2026-03-01T12:00:00Z) or an age (15m)"
    )
    parser.add_argument(
        "--resume",
        metavar="FILE",
        type=named,
        help="record shown events there, and continue from there: nothing is lost between runs",
    )
    add_wishes(parser)
    parser.add_argument(
        "--forward-to",
        metavar="URL",
        type=named,
        help="POST each event to this URL, as its connectors would",
    )
    add_delivery(parser)
    add_format(parser, EventFormat)
    add_cloud(parser)


def add_backfill(parser: argparse.ArgumentParser) -> None:
    describe(
        parser,
        "Deliver from the event history what connectors lost because they were disabled or their\n"
        "endpoint was down: the same events, signed, each device's oldest first. Shows the\n"
        "amount, and prompts.",
        "  dcsync backfill oslo/ingest --since 2026-03-01T12:00:00Z --dry-run\n"
        "  dcsync backfill oslo/ingest --since 3d --until 1d --resume backfill.state\n"
        "  dcsync backfill 'oslo/*' --since 12h --to https://staging.example.com/dt",
    )
    add_selection(parser, needs_address=True)
    parser.add_argument(
        "--since",
        metavar="TIME",
        required=True,
        help="the start: a time (2026-03-01T12:00:00Z) or an age (3d), up to 31d",
    )
    parser.add_argument("--until", metavar="TIME", help="the end, in the same form (default: now)")
    parser.add_argument(
        "--to", metavar="URL", type=named, help="deliver to this URL instead of the connector's"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="read the history and count; deliver nothing"
    )
    parser.add_argument(
        "--resume",
        metavar="FILE",
        type=named,
        help="record deliveries there, and continue from there",
    )
    parser.add_argument("--auto-approve", action="store_true", help="skip the prompt")
    add_delivery(parser)
    add_format(parser, PlainFormat)
    add_cloud(parser)


def add_doctor(parser: argparse.ArgumentParser) -> None:
    describe(
        parser,
        "Check everything that a run needs, and report what is broken, the worst first, each\n"
        "with its evidence and remedy. Changes nothing; exits with 1 if something is broken.",
        "  dcsync doctor\n  dcsync doctor --offline\n  dcsync doctor -p oslo --probe",
    )
    add_selection(parser)
    parser.add_argument(
        "--offline", action="store_true", help="only checks that need no network and no credentials"
    )
    parser.add_argument(
        "--probe",
        action="store_true",
        help="also post a signed sample event to each HTTP_PUSH endpoint",
    )
    parser.add_argument(
        "--base", metavar="REV", default="", help="the base that must exist (see plan --base)"
    )
    add_rules(parser)
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=seconds,
        default=1.5,
        help="timeout of each call and each connection (1.5)",
    )
    add_format(parser, PlainFormat)
    add_cloud(parser, has_timeout=False)


def add_status(parser: argparse.ArgumentParser) -> None:
    describe(
        parser,
        "Show each declared connector's live status, deliveries of the last 3 h, and drift.",
        "  dcsync status\n  dcsync status -p oslo --format markdown >> $GITHUB_STEP_SUMMARY\n"
        "  dcsync status --fail-on failing,disabled,missing,drifted\n"
        "  dcsync status --format html > status.html\n"
        "  dcsync status --format openmetrics > dcsync.prom\n"
        "  dcsync status --quiet --notify '${env:SLACK_WEBHOOK}' --state dcsync.state > /dev/null",
    )
    add_selection(parser)
    parser.add_argument(
        "--fail-on",
        metavar="WORDS",
        type=health,
        default=frozenset(),
        help="exit with 4 if a connector has one of these, separated by commas: "
        f"{', '.join(HEALTH)}",
    )
    parser.add_argument(
        "--notify",
        metavar="URL",
        help="report changes of health since --state there, as one JSON object that Slack and "
        "Teams accept; a secret: '${env:NAME}' keeps it out of the process list",
    )
    parser.add_argument(
        "--state",
        metavar="FILE",
        help="records what was reported, so that each change is sent at most once",
    )
    parser.add_argument(
        "--allow-http", action="store_true", help="allow plain http to other hosts for --notify"
    )
    add_format(parser, StatusFormat)
    add_cloud(parser)


def add_verify(parser: argparse.ArgumentParser) -> None:
    describe(
        parser,
        "Prove that events flow through the declared connectors: watch them and their metrics.",
        "  dcsync verify\n  dcsync verify 'oslo/*' --min-events 3 --timeout 600\n"
        "  dcsync verify --sync --format markdown >> $GITHUB_STEP_SUMMARY",
    )
    add_selection(parser)
    parser.add_argument(
        "--min-events",
        metavar="N",
        type=count,
        default=1,
        help="events that each connector needs (1)",
    )
    parser.add_argument(
        "--timeout",
        dest="patience",
        metavar="S",
        type=seconds,
        default=60.0,
        help="seconds to wait (60)",
    )
    parser.set_defaults(timeout=30.0)  # a call's limit, which has no option here
    parser.add_argument(
        "--sync", action="store_true", help="trigger deliveries; then these are sufficient"
    )
    add_settle(parser, "with --sync, seconds to wait for deliveries to a former endpoint")
    parser.add_argument(
        "--allow-quiet", action="store_true", help="accept connectors without events and deliveries"
    )
    add_format(parser, PlanFormat)
    add_cloud(parser, has_timeout=False)
