#!/usr/bin/env bash
# Installs dcsync, as it is in this folder, into the virtual environment $1: what it needs comes from the lock
# file by hash, nothing is built, and neither the working folder nor a secret takes part in it.
set -euo pipefail

source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
target=$1
python=${PYTHON:-python3}

# A composite action's steps get the environment of the step that uses it, and that one holds the secrets.
for name in $(compgen -e); do
  case $name in
    HOME | PATH | TMPDIR | LANG | PIP_* | SSL_CERT_* | [Hh][Tt][Tt][Pp]*_[Pp][Rr][Oo][Xx][Yy] | [Nn][Oo]_[Pp][Rr][Oo][Xx][Yy]) ;;
    *) unset "$name" ;;
  esac
done

if ! "$python" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo 'dcsync needs Python 3.11 or later: use actions/setup-python in a step before' >&2
  exit 1
fi

"$python" -I -m venv --clear "$target"
"$target/bin/python" -I -m pip install --quiet --disable-pip-version-check --no-input \
  --require-hashes --only-binary=:all: --no-deps --requirement "$source/action/requirements.lock"

site=$("$target/bin/python" -I -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
printf '%s\n' "$source" >"$site/dcsync.pth"
# Isolated mode: a yaml.py of the working folder, or one that PYTHONPATH leads to, is never imported.
printf '#!/bin/sh\nexec "${0%%/*}/python" -I -m dcsync "$@"\n' >"$target/bin/dcsync"
chmod +x "$target/bin/dcsync"
