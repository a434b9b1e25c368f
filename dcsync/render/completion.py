"""Completion scripts, and the words that may stand where a line is unfinished. Prints nothing.

The scripts only ask `dcsync completion SHELL -- WORDS`, so that what can be typed is known in one
place: the parser.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from dcsync.model import DeclaredProject
from dcsync.render.words import Visible, block, visible

LoadDeclared = Callable[[Iterable[str]], Sequence[DeclaredProject]]
"""The projects that the files at these paths declare."""

_BASH = """\
_dcsync() {
  local words=("${COMP_WORDS[@]:0:COMP_CWORD+1}") found
  COMPREPLY=()
  while IFS= read -r found; do COMPREPLY+=("$found"); done \\
    < <(dcsync completion bash -- "${words[@]}" 2>/dev/null)
}
complete -o default -F _dcsync dcsync
"""
_ZSH = """\
#compdef dcsync
_dcsync() {
  local -a found
  found=("${(@f)$(dcsync completion zsh -- "${(@)words[1,CURRENT]}" 2>/dev/null)}")
  found=(${found:#})
  (( $#found )) && compadd -a found || _files
}
compdef _dcsync dcsync
"""
_FISH = """\
function __dcsync
  set -l words (commandline --tokenize --cut-at-cursor --current-process) (commandline -ct)
  dcsync completion fish -- $words 2>/dev/null
end
complete --command dcsync --arguments '(__dcsync)'
"""
_POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName dcsync -ScriptBlock {
  param($word, $line, $position)
  $words = @($line.CommandElements | ForEach-Object { $_.ToString() })
  if ($word -eq '') { $words += '""' }
  dcsync completion powershell -- @words 2>$null | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
"""
_SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH, "powershell": _POWERSHELL}


def script(shell: str) -> Visible:
    """The script for a shell, without its last line end."""
    return block(_SCRIPTS[shell].rstrip("\n"))


Commands = Mapping[str, argparse.ArgumentParser]
"""Each command's own parser by its name."""


def candidates(commands: Commands, words: Sequence[str], declared: LoadDeclared) -> list[Visible]:
    """What may stand in place of the last word, after those before it; [] means any file.

    What a shell would not take as it is, is not offered: a shell types it without quotes.
    """
    *before, unfinished = [word if word != '""' else "" for word in words] or [""]
    command = next((word for word in before if word in commands), None)
    if command is None:
        return _beginning([*commands, "--help", "--version"], unfinished)
    possible = _possible(commands[command], before, unfinished, declared)
    return _beginning(possible, unfinished)


def _possible(
    parser: argparse.ArgumentParser, before: Sequence[str], unfinished: str, declared: LoadDeclared
) -> Iterable[str]:
    options = parser._option_string_actions
    waiting = options.get(before[-1]) if before else None
    if waiting is not None and waiting.nargs != 0:
        return _values(waiting, before, declared)
    if unfinished.startswith("-"):
        return options
    positional = [each for each in parser._actions if not each.option_strings]
    return [value for each in positional for value in _values(each, before, declared)]


def _values(
    action: argparse.Action, before: Sequence[str], declared: LoadDeclared
) -> Iterable[str]:
    if action.choices is not None:
        return map(str, action.choices)
    if action.metavar == "ADDRESS":
        projects = declared(_files(before))
        return [each.address for project in projects for each in project.connectors]
    if action.metavar == "PROJECT":
        return [project.key for project in declared(_files(before))]
    return ()


def _files(before: Sequence[str]) -> list[str]:
    """What `-f` names on the line."""
    return [path for option, path in pairwise(before) if option in _FILE]


_FILE = ("-f", "--file")
_TYPEABLE = re.compile(r"[\w./@%+=:,-]+")


def _beginning(words: Iterable[str], start: str) -> list[Visible]:
    fitting = {word for word in words if word.startswith(start)}
    return [visible(word) for word in sorted(fitting) if _TYPEABLE.fullmatch(word)]
