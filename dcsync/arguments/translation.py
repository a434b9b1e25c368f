"""Translates the words of other tools before the parser sees them, by the tables in `habits`."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import islice

from dcsync.arguments import habits
from dcsync.arguments.parser import Parser
from dcsync.errors import CommandLineError
from dcsync.formats import Format

Commands = Mapping[str, Parser]
_SINGLE_DASH = r"(?s:-(?!v+\Z)([a-z][a-z-]*[a-z])(=.*)?)"
"""Not `-vv`: to look for it among the options of every command takes longer than to parse."""
_DRY_RUN = r"--dry-?run(=(client|server|true))?"


def two_dashes(argv: list[str], commands: Commands) -> list[str]:
    """Terraform's `-auto-approve` and `-out=FILE` with the second dash."""
    end = _end_of_options(argv)
    if not any(re.fullmatch(_SINGLE_DASH, word) for word in argv[:end]):
        return argv
    known = {name for parser in commands.values() for name in parser._option_string_actions}
    known |= {*habits.FLAGS, *habits.VALUES, *habits.NOTHING, *habits.HINTS, "--version"}
    return [_two_dashes(word, known) for word in argv[:end]] + argv[end:]


def _two_dashes(word: str, known: Container[str]) -> str:
    match = re.fullmatch(_SINGLE_DASH, word)
    return f"-{word}" if match and f"--{match[1]}" in known else word


def _end_of_options(words: Sequence[str]) -> int:
    return words.index("--") if "--" in words else len(words)


def takes_value(commands: Commands) -> dict[str, bool]:
    """Of each option of any command, and of those that become one, whether a value follows."""
    options = (parser._option_string_actions.items() for parser in commands.values())
    own = {name: each.nargs != 0 for items in options for name, each in items}
    return {**dict.fromkeys(habits.TAKING, True), **own}


def without_command_words(words: list[str], commands: Commands) -> list[str]:
    """`help` and `version` as options; CommandLineError for the command of another tool."""
    command = words[0] if words else ""
    if command == "help":
        return [*[word for word in words[1:2] if word != "help"], "--help"]
    if words[1:] == ["help"]:
        return [command, "--help"]
    if (command, *words[1:2]) in habits.SUBCOMMANDS:
        return [command, *words[2:]]
    if words == ["-V"] or command == "version" or words[1:] == ["--version"]:
        return ["--version"]
    if command in habits.COMMAND_HINTS and command not in commands:
        raise CommandLineError(f"no command {command!r}: {habits.COMMAND_HINTS[command]}")
    return words


def is_dry_run(words: Sequence[str]) -> bool:
    """Whether nothing is to be done; what `--dry-run=none` means is not guessed."""
    asked = [each for each in words[: _end_of_options(words)] if _names_dry_run(each)]
    for word in asked:
        if not re.fullmatch(_DRY_RUN, word):
            raise CommandLineError(f"{word}: leave it out to apply; --dry-run applies nothing")
    return bool(asked)


def without_dry_run(words: Sequence[str]) -> list[str]:
    return [word for word in words if not _names_dry_run(word)]


def _names_dry_run(word: str) -> bool:
    return word.partition("=")[0] in ("--dry-run", "--dryrun")


def own_options(words: list[str], commands: Commands) -> list[str]:
    """The options of one command in its own words, then its other arguments, however they were
    mixed. CommandLineError with a hint for what belongs to another tool.
    """
    parser = commands.get(words[0]) if words else None
    if parser is None:
        return words
    end = _end_of_options(words)
    found = _Words(words[0], parser)
    found.read(iter(words[1:end]))
    found.take_files()
    return [words[0], *found.options, *found.others, *words[end:]]


class _Words:
    """The words of one command: options with their values, and the rest."""

    def __init__(self, command: str, parser: Parser) -> None:
        self.command = command
        self.parser = parser
        self.own = parser._option_string_actions
        self.options: list[str] = []
        self.others: list[str] = []

    def read(self, words: Iterator[str]) -> None:
        for word in words:
            if word.startswith("-") and word != "-":
                self._option(word, words)
            else:
                self.others.append(word)

    def take_files(self) -> None:
        """Where nothing but files can be meant, they need no `-f`; elsewhere it is named."""
        if "--file" not in self.own:
            return
        if not self.parser._get_positional_actions():
            self.options += [part for name in self.others for part in ("--file", name)]
            self.others = []
        elif files := list(filter(_is_path, self.others)):
            raise CommandLineError(
                f"{self.command} takes addresses here, not files: did you mean -f {files[0]}?"
            )

    def _option(self, word: str, rest: Iterator[str]) -> None:
        name, equals, value = _parts(word, self.own)
        if name in self.own:
            self._own(word, name, rest)
        elif name in habits.FLAGS and habits.FLAGS[name][0] in self.own:
            self.options += _flag(habits.FLAGS[name], value)
        elif name in habits.VALUES and self._has(habits.VALUES[name]):
            self._value(habits.VALUES[name], [value] if equals else _next(rest))
        elif name in habits.NOTHING and "--file" in self.own:
            return
        else:
            self._explain(name)
            self.options.append(word)

    def _own(self, word: str, name: str, rest: Iterator[str]) -> None:
        """A flag may be given as `--quiet=true`, and `=false` leaves it out, as with Go's tools."""
        _, equals, value = word.partition("=")
        if self.own[name].nargs != 0:
            self.options += [word, *([] if equals else _next(rest))]
        else:
            self.options += _flag((name,), value) if equals else [word]

    def _has(self, option: str) -> bool:
        if option:
            return option in self.own
        return any(each.metavar == "ADDRESS" for each in self.parser._get_positional_actions())

    def _value(self, option: str, given: Sequence[str]) -> None:
        if not option:
            self.others += _addresses(given)
            return
        if option == "--format" and "--out" in self.own:
            _refuse_file(given)
        self.options += [option, *given]

    def _explain(self, option: str) -> None:
        hint = habits.HINTS_OF.get((self.command, option)) or habits.HINTS.get(option)
        if hint:
            raise CommandLineError(f"{self.command} has no {option}: {hint}")


def _is_path(word: str) -> bool:
    """Whether it can only be a declaration or a folder; another path may be a plan to apply."""
    return word in (".", "..") or word.endswith(("/", ".yaml", ".yml"))


def _parts(word: str, own: Container[str]) -> tuple[str, str, str]:
    """An option's name, whether its value is in the same word, and the value: `-ojson`, too."""
    short = word[:2]
    if len(word) > len(short) and short not in own and short in habits.VALUES:
        return short, "=", word[2:].removeprefix("=")
    return word.partition("=")


def _flag(words: Sequence[str], value: str) -> Sequence[str]:
    if value not in ("", "true", "false"):
        raise CommandLineError(f"{words[0]} is on or off, and takes no value {value!r}")
    return () if value == "false" else words


def _refuse_file(given: Sequence[str]) -> None:
    """`-o plan.json`: kubectl means a format by it, and this one a file."""
    for name in given:
        if name not in set(Format) and not name.isalpha():
            raise CommandLineError(
                f"-o and --output choose a format, as --format does; to write there: --out {name}"
            )


def _addresses(given: Sequence[str]) -> Sequence[str]:
    """What `-target` names. Without one, the command would be about everything."""
    if not given or not given[0] or given[0].startswith("-"):
        raise CommandLineError("--target: no address follows it")
    return given


def _next(words: Iterator[str]) -> list[str]:
    """The next word, where there is one."""
    return list(islice(words, 1))
