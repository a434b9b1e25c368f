"""The options of the commands that work on declarations and their files."""

from __future__ import annotations

from dcsync.dataclass import dataclass
from dcsync.formats import CheckFormat, Format, PlainFormat
from dcsync.options.shared import CloudOptions, Options


@dataclass(frozen=True, slots=True, kw_only=True)
class InitOptions(Options):
    """`dcsync init`."""

    folder: str
    project: str | None
    ci: str | None
    cloud: CloudOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions(Options):
    """`dcsync import`."""

    projects: tuple[str, ...]
    organization: str
    from_tfstate: str
    out: str
    secrets_file: str
    cloud: CloudOptions
    format: PlainFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectsOptions(Options):
    """`dcsync projects`."""

    patterns: tuple[str, ...]
    organization: str
    names_only: bool
    cloud: CloudOptions
    format: PlainFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateOptions(Options):
    """`dcsync validate`."""

    paths: tuple[str, ...]
    env: bool
    rules: tuple[str, ...]
    format: CheckFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class FmtOptions(Options):
    """`dcsync fmt`."""

    paths: tuple[str, ...]
    check: bool
    diff: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaOptions(Options):
    """`dcsync schema`."""

    name: str
    format: Format = Format.JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionOptions(Options):
    """`dcsync completion`."""

    shell: str
    words: tuple[str, ...]
