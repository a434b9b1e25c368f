"""`dcsync fmt`: read declarations → format → write, or only report."""

from __future__ import annotations

from difflib import unified_diff

from dcsync import declare
from dcsync.declare.canonical.formatting import Formatted, formatted
from dcsync.options.of_files import FmtOptions
from dcsync.render.words import Visible, block, counted, lines, visible
from dcsync.session.output.console import Console
from dcsync.session.result import Result
from dcsync.session.selection.declarations import paths_of
from dcsync.session.signals.termination import uninterrupted


def run(options: FmtOptions, console: Console) -> Result:
    """Rewrite files that are not formatted; with `--check` and `--diff` only report them."""
    paths = paths_of(options.paths)
    files = formatted(paths)
    differing = [file for file in files if file.before != file.after]
    for file in differing:
        if not (options.check or options.diff):
            with uninterrupted():
                declare.overwrite(file.path, file.after)
        shown = _diff(file, console) if options.diff else visible(str(file.path))
        console.result(shown)
    console.note(_summary(len(differing), len(files), is_dry=options.check or options.diff))
    return Result(failed=options.check and bool(differing))


def _diff(file: Formatted, console: Console) -> Visible:
    before, after = (text.decode("utf-8").split("\n") for text in (file.before, file.after))
    styles = {"+": "green", "-": "red", "@": "cyan"}
    name = visible(str(file.path))
    diff = map(block, unified_diff(before, after, name, f"{name} (formatted)", lineterm=""))
    return lines(
        console.style(line, styles[line[0]]) if line[0] in styles else line for line in diff
    )


def _summary(differing: int, number: int, *, is_dry: bool) -> Visible:
    if not differing:
        return visible(f"{counted(number, 'file')} in canonical form.")
    verb = "would be formatted" if is_dry else "formatted"
    return visible(f"{differing} of {counted(number, 'file')} {verb}.")
