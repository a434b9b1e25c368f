"""The arguments of the commands that listen on this machine."""

from __future__ import annotations

import argparse

from dcsync.arguments.parser import describe
from dcsync.arguments.shared import (
    add_format,
)
from dcsync.arguments.values import count, number, port, seconds, share, span_s
from dcsync.formats import PlainFormat


def add_emulator(parser: argparse.ArgumentParser) -> None:
    describe(
        parser,
        "Run an embedded DT cloud on this machine, for trying, testing and demos. It prints\n"
        "'export' lines that configure dcsync for it, and runs until Ctrl-C.",
        "  dcsync emulator\n  dcsync emulator --port 8080 --rate 5\n"
        "  dcsync emulator --seed world.yaml --state world.db\n"
        "  dcsync emulator --history 31d\n"
        "  dcsync emulator --switch rate_limit=none --switch stream_label_filters=and",
    )
    parser.add_argument("--port", metavar="N", type=port, default=0, help="default: a free one")
    parser.add_argument(
        "--rate",
        metavar="N",
        type=number,
        default=0.0,
        help="events per second over all devices (0)",
    )
    parser.add_argument(
        "--history",
        metavar="TIME",
        type=span_s,
        default=0.0,
        help="the length of a generated history of every device: 31d, 12h",
    )
    parser.add_argument(
        "--seed", metavar="FILE", help="a YAML file of projects, devices and connectors"
    )
    parser.add_argument("--state", metavar="FILE", help="keep the state in this SQLite file")
    parser.add_argument("--env-file", metavar="FILE", help="also write the export lines there")
    parser.add_argument(
        "--switch",
        dest="switches",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="the behaviour of the cloud, see docs/emulator.md; repeatable",
    )


def add_receive(parser: argparse.ArgumentParser) -> None:
    describe(
        parser,
        "Accept pushes on this machine, check their signatures and print their events.",
        "  dcsync receive --secret-env DT_SIGNATURE_SECRET\n"
        "  dcsync receive --secret-env NEW_SECRET --secret-env OLD_SECRET\n"
        "  dcsync receive --port 9000 --count 5",
    )
    _add_signatures(parser)
    parser.add_argument("--port", type=port, default=0, help="default: a free one")
    parser.add_argument("--url-file", metavar="FILE", help="write the URL there once it listens")
    parser.add_argument("--count", metavar="N", type=count, help="end after N accepted events")
    parser.add_argument("--duration", metavar="S", type=seconds, help="end after S seconds")
    parser.add_argument(
        "--fail-rate",
        metavar="SHARE",
        type=share,
        default=0.0,
        help="respond with 503 to this share, 0…1",
    )
    parser.add_argument(
        "--delay", metavar="S", type=seconds, default=0.0, help="delay of each response"
    )
    add_format(parser, PlainFormat)


def _add_signatures(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--secret-env",
        dest="secret_envs",
        metavar="NAME",
        action="append",
        default=[],
        help="a variable with a signature secret (default: DT_SIGNATURE_SECRET if set); "
        "repeatable: any of them is accepted",
    )
    parser.add_argument(
        "--issuer",
        dest="issuers",
        metavar="URL",
        action="append",
        default=[],
        help="a trusted issuer of DT-Asymmetric-Signature (default: only DT); repeatable",
    )
    parser.add_argument(
        "--organization", metavar="ID", help="accept this signature only from this organization"
    )
    parser.add_argument(
        "--require-signature", action="store_true", help="refuse pushes without a valid signature"
    )
    parser.add_argument(
        "--ignore-expiry",
        action="store_true",
        help="accept expired signatures, and report their age",
    )
