"""The command line: every command, option and default, and the help that explains them.

Imports nothing heavy: `dcsync --help` and a mistyped option must respond at once.
"""

from dcsync.arguments.commands import COMMANDS, Parsers, module_of
from dcsync.arguments.parser import Parser
from dcsync.arguments.parsing import parse
from dcsync.arguments.values import HEALTH, SHELLS

__all__ = [
    "COMMANDS",
    "HEALTH",
    "SHELLS",
    "Parser",
    "Parsers",
    "module_of",
    "parse",
]
