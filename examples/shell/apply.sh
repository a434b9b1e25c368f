#!/bin/sh
# Applies what is declared, from any scheduler. The lock keeps two runs apart; refs/dcsync/applied is what was
# declared last time, so that `prune: previous` knows what to delete, and moves only after success.
#
# PLAN_ENV and APPLY_ENV name files of `NAME=value` lines, outside of the repository and readable to nobody else:
# the account that plans (role project.user) and the one that applies (role project.developer), each with what
# the declarations refer to. No other process gets them. Without the files it is the environment that counts.
set -eu
cd "$(dirname "$0")"

exec 9>.git/dcsync.lock
flock 9

plan=$(mktemp)
trap 'rm -f "$plan"' EXIT

# What a checkout can plant is not read.
safe_git() {
  git -c safe.bareRepository=explicit -c core.fsmonitor=false -c core.hooksPath=/dev/null "$@"
}

# `with FILE COMMAND …`: the command, with the variables of the file.
with() (
  set -a
  # shellcheck disable=SC1090  # the caller names the file
  . "$1"
  shift
  exec "$@"
)

if base=$(safe_git rev-parse --verify --quiet 'refs/dcsync/applied^{commit}'); then
  set -- --base "$base" "$@"
fi
with "${PLAN_ENV:-/dev/null}" dcsync plan -f connectors --out "$plan" "$@"
with "${APPLY_ENV:-/dev/null}" dcsync apply --plan "$plan"
safe_git update-ref refs/dcsync/applied HEAD
