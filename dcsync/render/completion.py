"""Completion scripts, and the candidates for an unfinished command line. Prints nothing.

The scripts only call `dcsync completion SHELL -- WORDS`, so that the parser alone defines what can
be typed.
"""

from __future__ import annotations

from dcsync.render.words import Visible, block

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
    """The script for a shell, without a final newline."""
    return block(_SCRIPTS[shell].rstrip("\n"))
