"""What users of Terraform, kubectl, Helm, Pulumi and decK type, and the equivalent in dcsync.

An option with a clear equivalent works; any other gets a one-line hint. Nothing becomes an
approval, a deletion or a write that the user did not ask for by name.
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
"""Flags and their equivalents. They work if the command has that option."""

VALUES: Mapping[str, str] = {
    "--exclude": "--except",
    "--skip": "--except",
    "--filename": "--file",
    "--output": "--format",
    "-o": "--format",
    "--concurrency": "--parallelism",
    "--parallel": "--parallelism",
    "-j": "--parallelism",
    "--org": "--organization",
    "--out-dir": "--out",
    "--output-dir": "--out",
    "--target": "",
}
"""Options with a value and their equivalents; "" is an ADDRESS."""

NOTHING = frozenset(
    ["--input", "--lock", "--lock-timeout", "--compact-warnings", "--recursive", "-R", "--list"]
)
"""Options without effect: nothing is locked, folders are walked, only a terminal is prompted."""

SUBCOMMANDS = frozenset(
    [
        *(("projects", "list"), ("projects", "ls"), ("drift", "detect")),
        *(("emulator", "start"), ("receive", "start")),
    ]
)
"""Second words of other tools' commands; they are dropped."""

TAKING = frozenset(VALUES)
"""All of these whose value may be the next word."""

_STATE = "there is no state file: declarations are compared with the API"
_VALUES = "set `vars:` in the files; ${env:DCSYNC_VAR_NAME} reads one from the environment"
_CREDENTIALS = (
    "credentials come from the environment: DT_SERVICE_ACCOUNT_KEY_ID, DT_SERVICE_ACCOUNT_SECRET "
    "and DT_SERVICE_ACCOUNT_EMAIL, or DT_CREDENTIALS_FILE"
)
_NARROW = "name addresses, such as 'oslo/*', or a project with -p PROJECT"
_URL = "--api-url URL, or the variable DCSYNC_API_URL, sets the URL of the API"
_TLS = "certificates are always verified; REQUESTS_CA_BUNDLE names your own CA bundle"
_GUARDS = "a guard that refuses a run names its option, such as --allow-deletes"
_KEPT = "existing files are never overwritten: remove them, or name another folder"
_APPROVAL = "--auto-approve applies without a prompt"
_LOOPBACK = "it listens on 127.0.0.1 only"
_FOREGROUND = "it runs in the foreground; append & to run it in the background"
_ACCOUNT = "name files with -f PATH; the account and the API come from environment variables"

HINTS: Mapping[str, str] = {
    **dict.fromkeys(("--var", "--var-file", "--set", "--set-file", "--values"), _VALUES),
    **dict.fromkeys(("--state", "--state-out", "--backup", "--backend-config"), _STATE),
    **dict.fromkeys(("--refresh", "--refresh-only"), f"{_STATE} in every plan"),
    **dict.fromkeys(("--reconfigure", "--migrate-state", "--upgrade"), _STATE),
    **dict.fromkeys(
        ("--token", "--username", "--password", "--api-key", "--kubeconfig"), _CREDENTIALS
    ),
    **dict.fromkeys(
        ("--selector", "-l", "--select", "--select-tag", "--only", "--filter"), _NARROW
    ),
    **dict.fromkeys(("--namespace", "-n", "--workspace", "--context"), _NARROW),
    **dict.fromkeys(
        ("--all", "-A", "--all-namespaces"), "without addresses, all connectors are included"
    ),
    **dict.fromkeys(("--server", "--host", "--endpoint", "--base-url", "--url"), _URL),
    **dict.fromkeys(("--insecure", "-k", "--tls-skip-verify", "--skip-tls-verify"), _TLS),
    **dict.fromkeys(("--debug", "--log-level", "--loglevel", "--trace"), "-v logs each API call"),
    **dict.fromkeys(("--limit", "--max-events"), "--count N ends after N events"),
    **dict.fromkeys(("--show-secrets", "--reveal"), "secrets are never shown"),
    **dict.fromkeys(("--config", "-c", "-s"), "-f PATH names declarations"),
    **dict.fromkeys(("--profile", "--env", "-e", "--environment"), _ACCOUNT),
    **dict.fromkeys(("--approve", "--confirm", "--no-prompt", "--non-interactive"), _APPROVAL),
    **dict.fromkeys(
        ("--server-side", "--force-conflicts", "--field-manager"),
        "`ignore_changes` in the files leaves fields to others",
    ),
    **dict.fromkeys(
        ("--atomic", "--rollback-on-failure"),
        "--waves stops at a failed wave, and saves a plan that reverts the applied ones",
    ),
    "--generate-config-out": "'dcsync import -p PROJECT' writes declarations for live connectors",
    "--strict": "--env makes unset variables errors",
    "--write": "--check and --diff change nothing",
    "--fix": "it changes nothing; each finding has its remedy",
    **dict.fromkeys(("--yes", "-y", "--assume-yes", "--auto-approve"), "it needs no approval"),
    "--chdir": "-f FOLDER names the folder",
    "--destroy": "'dcsync destroy' shows what would be deleted, and prompts",
    "--replace": "a connector is replaced only if its `type` changes",
    "--prune": "`policy: {prune: …}` in the files decides what is deleted",
    "--dry-run": "'dcsync plan' shows what apply would change, and changes nothing",
    "--dryrun": "'dcsync plan' shows what apply would change, and changes nothing",
    "--force": _GUARDS,
    "--overwrite": _KEPT,
    **dict.fromkeys(("--watch", "-w"), "'dcsync watch' streams events"),
    "--follow": "'dcsync watch' follows until it is interrupted",
    "--tail": "--since TIME starts in the past, --count N ends after N events",
    "--wait": "it always waits; 'dcsync verify' then proves that events flow",
    "--target": "it always covers all of its files",
    "--output": "--out FILE saves a plan; --format selects the output format",
}
"""Hints for options without an equivalent."""

_SERVERS = ("emulator", "receive")

HINTS_OF: Mapping[tuple[str, str], str] = {
    ("import", "--force"): _KEPT,
    ("init", "--force"): _KEPT,
    ("import", "--dry-run"): "it changes nothing in the cloud, and never overwrites a file",
    ("init", "--dry-run"): "it never overwrites a file; name a new folder to see the result",
    ("destroy", "--dry-run"): "without --auto-approve it shows what would be deleted, and prompts",
    ("fmt", "--dry-run"): "--check and --diff change nothing",
    ("sync", "--dry-run"): "'dcsync status' lists the connectors",
    ("sync", "--all"): "'*/*' matches every connector",
    ("backfill", "--all"): "'*/*' matches every connector",
    ("import", "--all"): "--organization ID imports all its projects",
    ("emulator", "-p"): "--port N",
    ("receive", "-p"): "--port N",
    **{(name, each): _LOOPBACK for name in _SERVERS for each in ("--host", "--bind", "--address")},
    **{(name, each): _FOREGROUND for name in _SERVERS for each in ("-d", "--detach", "--daemon")},
    ("watch", "--filter"): "--label, --event-type, --device-type and --device-id select events",
    ("status", "--watch"): "it looks once; run it again, or stream events with 'dcsync watch'",
    ("status", "-w"): "it looks once; run it again, or stream events with 'dcsync watch'",
    ("watch", "-n"): "--count N ends after N events",
    ("sync", "--prune"): "decK's sync is 'dcsync apply'",
}
"""Hints that are better for one command."""

_PLAN = "'dcsync plan' shows what apply would change"
_APPLY = "'dcsync apply' plans, prompts, and applies"
_LIST = (
    "'dcsync projects' lists projects, 'dcsync status' the declared connectors, 'dcsync plan' "
    "undeclared ones"
)
_IMPORT = "'dcsync import -p PROJECT' writes declarations for live connectors"
_DELETE = (
    "'dcsync destroy ADDRESS' deletes declared connectors; 'dcsync apply' deletes those that were "
    "removed from the files, as `prune` allows"
)

COMMAND_HINTS: Mapping[str, str] = {
    "diff": f"{_PLAN}, 'dcsync show OLD NEW' how two saved plans differ",
    **dict.fromkeys(("preview", "what-if", "dry-run"), _PLAN),
    **dict.fromkeys(("up", "deploy", "create", "update", "upgrade", "install", "push"), _APPLY),
    **dict.fromkeys(("list", "ls", "get", "describe", "inspect"), _LIST),
    **dict.fromkeys(("dump", "export", "pull", "download"), _IMPORT),
    **dict.fromkeys(("delete", "remove", "rm", "down", "uninstall", "teardown"), _DELETE),
    **dict.fromkeys(("state", "workspace", "taint", "untaint", "force-unlock", "unlock"), _STATE),
    "refresh": f"{_STATE} by each 'dcsync plan'",
    **dict.fromkeys(("lint", "check", "test", "vet"), "'dcsync validate' checks declarations"),
    "format": "'dcsync fmt' rewrites declarations in canonical form",
    **dict.fromkeys(("logs", "tail", "events", "stream"), "'dcsync watch' streams events"),
    **dict.fromkeys(("listen", "serve", "server"), "'dcsync receive' accepts pushes here"),
    **dict.fromkeys(
        ("mock", "simulate", "sandbox", "local"), "'dcsync emulator' runs a local DT cloud"
    ),
    **dict.fromkeys(("health", "metrics", "ping", "top"), "'dcsync status' shows it"),
    **dict.fromkeys(("replay", "redeliver", "resend"), "'dcsync backfill' delivers lost events"),
    **dict.fromkeys(("rollback", "undo", "revert"), "revert the commit, then run 'dcsync apply'"),
    **dict.fromkeys(("login", "logout", "auth", "configure", "config"), _CREDENTIALS),
    **dict.fromkeys(("new", "scaffold", "quickstart"), "'dcsync init' writes a starter folder"),
    **dict.fromkeys(
        ("edit", "patch", "replace", "label", "annotate", "scale", "set"),
        "edit the files, then run 'dcsync apply'",
    ),
    **dict.fromkeys(("template", "render"), "'dcsync plan' shows every field that it would send"),
    **dict.fromkeys(("explain", "api-resources"), "'dcsync schema declaration' has every field"),
    "rollout": "'dcsync apply --waves 1,10%,100%' applies in waves; 'dcsync status' shows health",
    "history": "it is in Git; 'dcsync drift' compares with the revision applied last",
    "wait": "'dcsync verify' waits until events flow",
    "convert": "'dcsync fmt' rewrites declarations in canonical form",
    "stack": _LIST,
    "merge": "'dcsync report merge' merges JSON reports",
    "output": "'dcsync plan --format json' prints the plan for programs",
    "gateway": "decK's diff, sync and dump are 'dcsync plan', 'dcsync apply' and 'dcsync import'",
}
"""Commands of other tools and their equivalents."""

REQUIRED: Mapping[str, str] = {
    "sync": "sync takes the addresses of connectors that push their latest events again; to apply "
    "declarations, use 'dcsync apply'",
    "completion": "completion takes a shell: bash, zsh, fish or powershell",
    "show": "show takes a plan saved by 'dcsync plan --out FILE'; 'dcsync status' shows live "
    "connectors",
}
"""Messages of commands without their arguments; other tools' commands of that name take none."""
