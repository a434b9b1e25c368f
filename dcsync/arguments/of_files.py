"""The arguments of the commands that write, check and explain files."""

from __future__ import annotations

import argparse

from dcsync.arguments.parser import describe
from dcsync.arguments.shared import (
    add_cloud,
    add_files,
    add_format,
    add_rules,
)
from dcsync.arguments.values import SHELLS
from dcsync.formats import CheckFormat, PlainFormat

SCHEMAS = ("declaration", "plan", "drift.accepted")
CI_SYSTEMS = ("github", "gitlab", "none")


def add_init(parser: argparse.ArgumentParser) -> None:
    describe(
        parser,
        "Write a starter folder: a declaration, a CI workflow, the schema for editors and a\n"
        ".gitignore. On a terminal it prompts for omitted options. Never overwrites a file.",
        "  dcsync init\n  dcsync init iot --project c0md3pm0p7bet3vico8g --ci gitlab",
    )
    parser.add_argument(
        "folder", metavar="FOLDER", nargs="?", default=".", help="where to write (default: .)"
    )
    parser.add_argument(
        "-p",
        "--project",
        metavar="ID",
        help="the project, by id or display name (default: ${env:DCSYNC_VAR_PROJECT_ID}); "
        "checked if credentials are set",
    )
    parser.add_argument(
        "--ci", choices=CI_SYSTEMS, help="the CI system of the workflow (default: github)"
    )
    add_cloud(parser)


def add_projects(parser: argparse.ArgumentParser) -> None:
    describe(
        parser,
        "List the projects that the account sees: id, display name, organization, sensors, Data\n"
        "Connectors, and how many more the quota of 10 allows. It takes one call per 100\n"
        "projects, and one for each project whose connectors are counted.",
        "  dcsync projects\n  dcsync projects 'Store *'\n  dcsync projects --names-only\n"
        "  dcsync projects --format json | jq '.projects[] | select(.quota_left == 0)'",
    )
    parser.add_argument(
        "patterns",
        metavar="PATTERN",
        nargs="*",
        help="only these projects, by id or display name; may have globs: 'Store *'",
    )
    parser.add_argument(
        "--organization", metavar="ID", default="", help="only the projects of this organization"
    )
    parser.add_argument(
        "--names-only",
        action="store_true",
        help="do not count connectors: only one call per 100 projects",
    )
    add_format(parser, PlainFormat)
    add_cloud(parser)


def add_import(parser: argparse.ArgumentParser) -> None:
    describe(
        parser,
        "Write declarations for live connectors. Secrets become ${env:…} references; their values\n"
        "are written to --secrets-file, or nowhere. Never overwrites a file.",
        "  dcsync import -p c0md3pm0p7bet3vico8g\n"
        "  dcsync import --organization bv4p8ng7ubc4hs2knlkg -p 'Store *' --out stores/\n"
        "  dcsync import -p c0md3pm0p7bet3vico8g --secrets-file ../secrets.env\n"
        "  dcsync import --from-tfstate terraform.tfstate",
    )
    parser.add_argument(
        "-p",
        "--project",
        dest="projects",
        metavar="ID",
        action="append",
        default=[],
        help="a project, by id or display name; with --organization also with globs; repeatable",
    )
    parser.add_argument("--organization", metavar="ID", default="", help="all its projects")
    parser.add_argument(
        "--from-tfstate",
        metavar="FILE",
        default="",
        help="only the live connectors that this Terraform state manages",
    )
    parser.add_argument(
        "-o", "--out", metavar="FOLDER", default=".", help="the folder of the files (default: .)"
    )
    parser.add_argument(
        "--secrets-file",
        metavar="FILE",
        default="",
        help="write the values of secrets to this private file; refused if Git would track it",
    )
    add_format(parser, PlainFormat)
    add_cloud(parser)


def add_validate(parser: argparse.ArgumentParser) -> None:
    describe(
        parser,
        "Check declarations without credentials or network.",
        "  dcsync validate\n  dcsync validate -f connectors/ --env\n"
        "  dcsync validate --rules rules.yaml\n"
        "  dcsync validate --format sarif > dcsync.sarif",
    )
    add_files(parser)
    parser.add_argument("--env", action="store_true", help="unset variables are errors")
    add_rules(parser)
    add_format(parser, CheckFormat)


def add_fmt(parser: argparse.ArgumentParser) -> None:
    describe(
        parser,
        "Rewrite declarations in canonical form. Only white space and the order of keys change:\n"
        "comments, quoting and the meaning of the files are kept.",
        "  dcsync fmt\n  dcsync fmt --check\n  dcsync fmt -f connectors/ --diff",
    )
    add_files(parser)
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit with 1 if a file differs"
    )
    parser.add_argument("--diff", action="store_true", help="change nothing; show the differences")


def add_schema(parser: argparse.ArgumentParser) -> None:
    describe(
        parser,
        "Print a JSON Schema: of declarations or accepted drift, for editors, or of plans, for\n"
        "programs.",
        "  dcsync schema\n  dcsync schema plan > plan.schema.json",
    )
    parser.add_argument("name", nargs="?", choices=SCHEMAS, default="declaration")


def add_completion(parser: argparse.ArgumentParser) -> None:
    describe(
        parser,
        "Print a completion script: commands, options and their values, the addresses and\n"
        "projects declared in the working directory, and Git's branches and tags.",
        '  eval "$(dcsync completion bash)"\n'
        "  dcsync completion zsh > ~/.zfunc/_dcsync\n"
        "  dcsync completion fish > ~/.config/fish/completions/dcsync.fish\n"
        "  dcsync completion powershell | Out-String | Invoke-Expression",
    )
    parser.add_argument("shell", metavar="SHELL", choices=SHELLS, help=", ".join(SHELLS))
    parser.add_argument(
        "words", metavar="WORD", nargs="*", help=argparse.SUPPRESS
    )  # what the scripts ask with
