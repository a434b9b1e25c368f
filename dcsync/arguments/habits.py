"""What people type who come from Terraform, kubectl, Helm, Pulumi or decK, and what it is here.

An option whose meaning is certain works; for all else there is a line that names the way of
dcsync. Nothing becomes an approval, a deletion or a write that was not asked for by that very word.
"""

from __future__ import annotations

from collections.abc import Mapping

FLAGS: Mapping[str, tuple[str, ...]] = {
    "--yes": ("--auto-approve",),
    "-y": ("--auto-approve",),
    "--assume-yes": ("--auto-approve",),
    "--json": ("--format", "json"),
    "--no-color": ("--color", "never"),
    "--no-colour": ("--color", "never"),
    "--silent": ("--quiet",),
}
"""Flags, and the words that say the same here. They work where the command has that option."""

VALUES: Mapping[str, str] = {
    "--exclude": "--except",
    "--filename": "--file",
    "--output": "--format",
    "-o": "--format",
    "--concurrency": "--parallelism",
    "--target": "",
}
"""Options with a value, and what is called so here; "" is an ADDRESS."""

NOTHING = frozenset(
    ["--input", "--lock", "--lock-timeout", "--compact-warnings", "--recursive", "-R"]
)
"""What goes without saying: nothing is locked, folders are walked, only a terminal is asked."""

TAKING = frozenset(VALUES)
"""Of all these, the ones whose value may be the next word."""

_STATE = "there is no state file: the files say what should be, the API what is"
_VALUES = "values are `vars:` in the files; ${env:DCSYNC_VAR_NAME} takes one from the environment"
_CREDENTIALS = (
    "credentials come from the environment: DT_SERVICE_ACCOUNT_KEY_ID, DT_SERVICE_ACCOUNT_SECRET "
    "and DT_SERVICE_ACCOUNT_EMAIL, or DT_CREDENTIALS_FILE"
)
_NARROW = "name addresses, such as 'oslo/*', or a project with -p PROJECT"
_URL = "--api-url URL, or the variable DCSYNC_API_URL, says where the API is"
_TLS = "certificates are always checked; REQUESTS_CA_BUNDLE names a CA bundle of your own"
_GUARDS = "a guard that holds a run back names its option: --allow-deletes, --allow-changes or so"
_KEPT = "no file is ever overwritten: remove it first, or name another folder"

HINTS: Mapping[str, str] = {
    **dict.fromkeys(("--var", "--var-file", "--set", "--set-file", "--values"), _VALUES),
    **dict.fromkeys(("--state", "--state-out", "--backup", "--backend-config"), _STATE),
    **dict.fromkeys(("--refresh", "--refresh-only"), f"{_STATE}; every plan reads it anew"),
    **dict.fromkeys(("--reconfigure", "--migrate-state", "--upgrade"), _STATE),
    **dict.fromkeys(("--token", "--username", "--password", "--api-key"), _CREDENTIALS),
    **dict.fromkeys(("--selector", "-l", "--select", "--select-tag", "--only"), _NARROW),
    **dict.fromkeys(("--namespace", "-n", "--workspace", "--context"), _NARROW),
    **dict.fromkeys(("--all", "-A", "--all-namespaces"), "without addresses it is about all"),
    **dict.fromkeys(("--server", "--host", "--endpoint", "--base-url", "--url"), _URL),
    **dict.fromkeys(("--insecure", "-k", "--tls-skip-verify", "--skip-tls-verify"), _TLS),
    **dict.fromkeys(("--debug", "--log-level", "--trace"), "-v reports each call of the API"),
    **dict.fromkeys(("--limit", "--max-events"), "--count N ends after N events"),
    **dict.fromkeys(("--show-secrets", "--reveal"), "no secret is ever shown"),
    **dict.fromkeys(("--config", "-c", "-s"), "-f PATH names declarations"),
    **dict.fromkeys(("--yes", "-y", "--assume-yes", "--auto-approve"), "it asks for no approval"),
    "--chdir": "-f FOLDER names the folder",
    "--destroy": "'dcsync destroy' shows what would be deleted, and asks",
    "--replace": "only another `type` replaces a connector",
    "--prune": "`policy: {prune: …}` in the files says what is deleted",
    "--dry-run": "'dcsync plan' shows what apply would change, and changes nothing",
    "--dryrun": "'dcsync plan' shows what apply would change, and changes nothing",
    "--force": _GUARDS,
    "--overwrite": _KEPT,
    **dict.fromkeys(("--watch", "-w"), "'dcsync watch' streams events"),
    "--follow": "'dcsync watch' follows until it is told to stop",
    "--tail": "--since TIME begins in the past, --count N ends after N events",
    "--wait": "when it ends, it is done; 'dcsync verify' proves that events flow",
    "--target": "it is about all of its files",
    "--output": "--out FILE saves a plan; --format chooses what is printed, where there is one",
}
"""What other options are about here."""

HINTS_OF: Mapping[tuple[str, str], str] = {
    ("import", "--force"): _KEPT,
    ("init", "--force"): _KEPT,
    ("import", "--dry-run"): "nothing changes in the cloud, and no file is ever overwritten",
    ("init", "--dry-run"): "no file is ever overwritten; name a new folder to look at it",
    ("destroy", "--dry-run"): "without --auto-approve it shows what would be deleted, and asks",
    ("fmt", "--dry-run"): "--check and --diff change nothing",
    ("sync", "--dry-run"): "'dcsync status' shows the connectors that it would be about",
    ("sync", "--all"): "'*/*' is every connector",
    ("backfill", "--all"): "'*/*' is every connector",
    ("import", "--all"): "--organization ID is about all its projects",
    ("emulator", "-p"): "--port N",
    ("receive", "-p"): "--port N",
    ("watch", "-n"): "--count N ends after N events",
    ("sync", "--prune"): "decK's sync is 'dcsync apply'",
}
"""The same, where a command has more to say."""

_PLAN = "'dcsync plan' shows what apply would change"
_APPLY = "'dcsync apply' plans, asks, and carries it out"
_LIST = (
    "'dcsync projects' lists projects, 'dcsync status' the declared connectors, 'dcsync plan' what "
    "else is live"
)
_IMPORT = "'dcsync import -p PROJECT' writes declarations for what is live"
_DELETE = (
    "'dcsync destroy ADDRESS' deletes what is declared; what is taken out of the files is deleted "
    "by 'dcsync apply', as `prune` allows"
)

COMMAND_HINTS: Mapping[str, str] = {
    "diff": f"{_PLAN}, 'dcsync show OLD NEW' how two saved plans differ",
    **dict.fromkeys(("preview", "what-if", "dry-run"), _PLAN),
    **dict.fromkeys(("up", "deploy", "create", "update", "upgrade", "install", "push"), _APPLY),
    **dict.fromkeys(("list", "ls", "get", "describe", "inspect"), _LIST),
    **dict.fromkeys(("dump", "export", "pull", "download"), _IMPORT),
    **dict.fromkeys(("delete", "remove", "rm", "down", "uninstall", "teardown"), _DELETE),
    **dict.fromkeys(("state", "workspace", "taint", "untaint", "force-unlock", "unlock"), _STATE),
    "refresh": f"{_STATE}; 'dcsync plan' reads it anew each time",
    **dict.fromkeys(("lint", "check", "test", "vet"), "'dcsync validate' checks declarations"),
    "format": "'dcsync fmt' rewrites declarations in canonical form",
    **dict.fromkeys(("logs", "tail", "events", "stream"), "'dcsync watch' streams events"),
    **dict.fromkeys(("listen", "serve", "server"), "'dcsync receive' accepts pushes here"),
    **dict.fromkeys(("mock", "simulate", "sandbox", "local"), "'dcsync emulator' is one"),
    **dict.fromkeys(("health", "metrics", "ping"), "'dcsync status' and 'dcsync verify' tell"),
    **dict.fromkeys(("replay", "redeliver", "resend"), "'dcsync backfill' delivers what was lost"),
    **dict.fromkeys(("rollback", "undo", "revert"), "go back in Git, then use 'dcsync apply'"),
    **dict.fromkeys(("login", "logout", "auth", "configure", "config"), _CREDENTIALS),
    **dict.fromkeys(("new", "scaffold", "quickstart"), "'dcsync init' writes a starter folder"),
    "merge": "'dcsync report merge' merges JSON reports",
    "output": "'dcsync plan --format json' is for programs",
    "gateway": "decK's diff, sync and dump are 'dcsync plan', 'dcsync apply' and 'dcsync import'",
}
"""Commands of other tools, and what there is here."""

REQUIRED: Mapping[str, str] = {
    "sync": "sync takes the addresses of connectors that are to push their latest events again; "
    "to make the cloud what the files say, use 'dcsync apply'",
    "completion": "completion takes a shell: bash, zsh, fish or powershell",
    "show": "show takes a plan that 'dcsync plan --out FILE' saved; for what is live there is "
    "'dcsync status'",
}
"""What a command says that misses its arguments, where another tool's of that name takes none."""
