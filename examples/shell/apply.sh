#!/bin/sh
# Applies what is declared, from any scheduler. The lock keeps two runs apart; refs/dcsync/applied is what was
# declared last time, so that `prune: previous` knows what to delete, and moves only after success.
set -eu
cd "$(dirname "$0")"

exec 9>.git/dcsync.lock
flock 9

if base=$(git rev-parse --verify --quiet 'refs/dcsync/applied^{commit}'); then
  dcsync apply -f connectors --auto-approve --base "$base" "$@"
else
  dcsync apply -f connectors --auto-approve "$@"
fi
git update-ref refs/dcsync/applied HEAD
