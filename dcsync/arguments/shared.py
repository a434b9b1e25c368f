"""Arguments shared by several commands."""

from __future__ import annotations

import argparse
from typing import Any, get_args

from dcsync.arguments.values import count, device_type, event_type, rate, seconds, shard
from dcsync.formats import View


def add_common(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("output")
    group.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    group.add_argument(
        "-v",
        "--verbose",
        action="count",
        default=0,
        help="log each API call; -vv: with its size",
    )
    group.add_argument("-q", "--quiet", action="store_true", help="print only results and problems")


def add_format(parser: argparse.ArgumentParser, formats: Any) -> None:
    names = [each.value for each in get_args(formats)]
    parser.add_argument("--format", choices=names, default="text", help="default: text")


def add_view(parser: argparse.ArgumentParser) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--expand",
        dest="view",
        action="store_const",
        const=View.EXPANDED,
        default=View.GROUPED,
        help="show every change, even if equal in many projects; not for json",
    )
    group.add_argument(
        "--summary",
        dest="view",
        action="store_const",
        const=View.SUMMARY,
        help="show one line per project, and what would be dropped; not for json",
    )


def add_files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-f",
        "--file",
        dest="paths",
        metavar="PATH",
        action="append",
        default=[],
        help="a declaration file or a folder of them; repeatable (default: .)",
    )


def add_rules(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rules",
        metavar="FILE",
        action="append",
        default=[],
        help="also check each connector against this JSON Schema; repeatable",
    )


def add_selection(parser: argparse.ArgumentParser, *, needs_address: bool = False) -> None:
    parser.add_argument(
        "addresses",
        metavar="ADDRESS",
        nargs="+" if needs_address else "*",
        help="only these connectors; may have globs: oslo/*",
    )
    parser.add_argument(
        "--except",
        dest="excepted",
        metavar="ADDRESS",
        action="append",
        default=[],
        help="all but these connectors; repeatable",
    )
    parser.add_argument(
        "-p",
        "--project",
        dest="projects",
        metavar="PROJECT",
        action="append",
        default=[],
        help="only these projects, by key, id or display name; repeatable",
    )
    parser.add_argument(
        "--changed-since",
        metavar="REV",
        default="",
        help="only projects whose declarations differ from that Git revision",
    )
    parser.add_argument(
        "--shard",
        metavar="I/N",
        type=shard,
        help="only the I-th of N equal parts of the projects, the same on each machine",
    )
    add_files(parser)


def add_cloud(parser: argparse.ArgumentParser, *, has_timeout: bool = True) -> None:
    group = parser.add_argument_group("cloud")
    group.add_argument("--api-url", metavar="URL", help="default: $DCSYNC_API_URL, else DT's")
    group.add_argument("--token-url", metavar="URL", help="default: $DCSYNC_TOKEN_URL, else DT's")
    group.add_argument("--emulator-url", metavar="URL", help="default: $DCSYNC_EMULATOR_URL")
    if has_timeout:
        group.add_argument(
            "--timeout",
            metavar="SECONDS",
            type=seconds,
            default=30.0,
            help="timeout of a call (30)",
        )
    group.add_argument(
        "--parallelism", metavar="N", type=count, default=10, help="concurrent calls (10)"
    )
    group.add_argument(
        "--rate",
        metavar="N[/S]",
        type=rate,
        help="at most N calls in any S seconds (1), if others use the same account",
    )


def add_execution(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--auto-approve", action="store_true", help="skip the prompt")
    parser.add_argument(
        "--keep-going", action="store_true", help="continue if some projects cannot be planned"
    )
    add_settle(parser, "seconds to wait for a create without a response, or a delivery in flight")


def add_settle(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument(
        "--settle", metavar="SECONDS", type=seconds, default=10.0, help=f"{what} (10)"
    )


def add_allowance(parser: argparse.ArgumentParser) -> None:
    for option, what in (
        ("deletes", "deletes and replaces"),
        ("changes", "updates"),
        ("frozen", "operations in frozen projects"),
        ("active", "deletes and replaces of connectors that deliver"),
    ):
        parser.add_argument(
            f"--allow-{option}",
            metavar="N",
            type=count,
            default=0,
            help=f"allow up to N {what} in this run",
        )


def add_impact(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--impact",
        action="store_true",
        help="show the deliveries of connectors that would be deleted, replaced or disabled",
    )


def add_decisions(parser: argparse.ArgumentParser) -> None:
    add_allowance(parser)
    parser.add_argument(
        "--base",
        metavar="REV",
        default="",
        help="the Git revision applied last: `prune: previous` deletes what it declared; "
        "auto: the target branch according to the CI system",
    )
    parser.add_argument(
        "--base-from",
        choices=("merge-base",),
        default="",
        help="use the merge base with --base, which may have moved on",
    )


def add_delivery(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--max-in-flight", metavar="N", type=count, default=10, help="concurrent deliveries (10)"
    )
    parser.add_argument("--allow-http", action="store_true", help="allow plain http to other hosts")


def add_wishes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--all-devices", action="store_true", help="also devices without the declared label keys"
    )
    for option, metavar, kind, purpose in (
        ("label", "KEY[=VALUE]", str, "only devices with this label; repeated: with all of them"),
        ("event-type", "TYPE", event_type, "only events of this type; repeatable"),
        ("device-type", "TYPE", device_type, "only devices of this type; repeatable"),
        ("device-id", "ID", str, "only this device; repeatable"),
    ):
        parser.add_argument(
            f"--{option}",
            dest=f"{option.replace('-', '_')}s",
            metavar=metavar,
            type=kind,
            action="append",
            default=[],
            help=purpose,
        )
