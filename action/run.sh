#!/usr/bin/env bash
# What the GitHub action does, by DCSYNC_COMMAND. Talks to GitHub through `gh` only, and evaluates no input.
set -euo pipefail

MARKER='<!-- dcsync-plan -->'
DRIFT_LABEL=dcsync-drift
DRIFT_TITLE='Data Connectors differ from their declarations'
applied_ref=${DCSYNC_APPLIED_REF:-refs/dcsync/applied}
output=$(mktemp)
trap 'rm -f "$output"' EXIT

# Runs $@ without the account and the declarations' secrets.
without_secrets() (
  for name in $(compgen -e); do
    case $name in
      HOME | PATH | TMPDIR | LANG | SSH_AUTH_SOCK | SSL_CERT_* | GIT_SSL_* | GH_* | GITHUB_* | RUNNER_*) ;;
      [Hh][Tt][Tt][Pp]*_[Pp][Rr][Oo][Xx][Yy] | [Nn][Oo]_[Pp][Rr][Oo][Xx][Yy]) ;;
      *) unset "$name" ;;
    esac
  done
  export GH_REPO=${GITHUB_REPOSITORY-} GIT_TERMINAL_PROMPT=0 GIT_NO_REPLACE_OBJECTS=1
  exec "$@"
)

# The clone's own configuration is needed to fetch and to push; what a checkout can plant is not looked at.
git() {
  without_secrets git -c safe.bareRepository=explicit -c core.fsmonitor=false -c core.hooksPath=/dev/null \
    -c submodule.recurse=false -c fetch.recurseSubmodules=false -c push.recurseSubmodules=no \
    -c gc.auto=0 -c maintenance.auto=false "$@"
}

gh() {
  without_secrets gh "$@"
}

# Isolated mode: a yaml.py of the checkout, or one that PYTHONPATH leads to, is never imported.
dcsync() (
  unset GH_TOKEN GITHUB_TOKEN
  exec "${DCSYNC_PYTHON:-python3}" -I -m dcsync "$@"
)

files=()
while IFS= read -r path; do
  if [[ -n $path ]]; then files+=("--file=$path"); fi
done <<<"${DCSYNC_PATHS:-.}"

# The revision that was applied last, "" before the first time.
fetch_applied() {
  git fetch --quiet --no-tags origin "+$applied_ref:$applied_ref" 2>/dev/null || true
  git rev-parse --verify --quiet "$applied_ref^{commit}" || true
}

# Sets `decisions`: what was applied last, which projects changed since then, and the allowances.
# Without $1 every project is looked at: somebody may have changed the cloud by hand.
decide() {
  decisions=()
  local base
  base=$(fetch_applied)
  if [[ -n $base ]]; then
    decisions+=("--base=$base")
    if [[ -n ${1-} ]]; then decisions+=("--changed-since=$base"); fi
  fi
  if [[ -n ${DCSYNC_ALLOW_DELETES-} ]]; then decisions+=("--allow-deletes=$DCSYNC_ALLOW_DELETES"); fi
  if [[ -n ${DCSYNC_ALLOW_CHANGES-} ]]; then decisions+=("--allow-changes=$DCSYNC_ALLOW_CHANGES"); fi
  if [[ -n ${DCSYNC_ALLOW_FROZEN-} ]]; then decisions+=("--allow-frozen=$DCSYNC_ALLOW_FROZEN"); fi
}

# Writes the plan to $output. Sets `code`: 0 no changes, 2 changes, all else is a failure.
make_plan() {
  code=0
  if [[ ${DCSYNC_ALLOW_UNSET:-false} == true ]]; then decisions+=(--allow-unset); fi
  dcsync plan "${files[@]}" "${decisions[@]}" --format markdown --detailed-exitcode >"$output" || code=$?
  if [[ ! -s $output ]]; then
    printf '%s\nThere is no plan (exit code %s): the run tells why.\n' "$MARKER" "$code" >"$output"
  fi
}

# One comment a pull request, found again by its marker and its author.
comment() {
  local comments="repos/$GITHUB_REPOSITORY/issues/$DCSYNC_PULL_REQUEST/comments" found
  found=$(
    GH_MARKER=$MARKER GH_AUTHOR=${DCSYNC_COMMENT_AUTHOR:-github-actions[bot]} gh api --paginate "$comments" --jq \
      '.[] | select(.user.login == env.GH_AUTHOR and (.body | startswith(env.GH_MARKER))) | .id' | sed -n 1p
  )
  if [[ -n $found ]]; then
    gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$found" -F "body=@$output"
  else
    gh api --silent --method POST "$comments" -F "body=@$output"
  fi
}

fail_unless_planned() {
  if [[ $code != 0 && $code != 2 ]]; then exit "$code"; fi
}

# For the steps after this one.
run_install() {
  dirname "$DCSYNC_PYTHON" >>"$GITHUB_PATH"
}

run_validate() {
  dcsync validate "${files[@]}"
}

run_plan() {
  decide changed
  make_plan
  if [[ ${DCSYNC_COMMENT:-true} == true && -n ${DCSYNC_PULL_REQUEST-} ]]; then comment; fi
  fail_unless_planned
}

# The ref moves only after exit 0, and without force: never back to an older revision.
run_apply() {
  if [[ -z ${DCSYNC_DIGEST-} ]]; then
    echo 'apply needs the digest of the plan that was reviewed' >&2
    exit 64
  fi
  decide changed
  dcsync apply "${files[@]}" "${decisions[@]}" "--plan=$DCSYNC_DIGEST"
  git push --quiet origin "HEAD:$applied_ref"
}

run_verify() {
  dcsync verify "${files[@]}" --sync --format markdown | tee -a "${GITHUB_STEP_SUMMARY:-/dev/null}"
}

# One open issue as long as the cloud differs; closed when it does no more.
run_drift() {
  decide
  make_plan
  if [[ $code != [023] ]]; then  # no plan, or part of one: nothing can be said of drift
    cat "$output"
    exit "$code"
  fi
  gh label create "$DRIFT_LABEL" --force --description 'Found by dcsync' >/dev/null
  local found
  found=$(gh issue list --state open --label "$DRIFT_LABEL" --json number --jq '.[0].number // empty')
  if [[ $code == 0 ]]; then
    if [[ -n $found ]]; then gh issue close "$found" --comment 'In sync again.'; fi
  elif [[ -n $found ]]; then
    gh issue edit "$found" --body-file "$output"
  else
    gh issue create --title "$DRIFT_TITLE" --label "$DRIFT_LABEL" --body-file "$output"
  fi
  fail_unless_planned
}

case ${DCSYNC_COMMAND-} in
  install | validate | plan | apply | verify | drift) "run_$DCSYNC_COMMAND" ;;
  *)
    echo 'command must be install, validate, plan, apply, verify or drift' >&2
    exit 64
    ;;
esac
