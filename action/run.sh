#!/usr/bin/env bash
# What the GitHub action does, by DCSYNC_COMMAND. Talks to GitHub through `gh` only, and evaluates no input.
set -euo pipefail

plan=${DCSYNC_NAME-}
if [[ ! $plan =~ ^([A-Za-z0-9._]+(-[A-Za-z0-9._]+)*)?$ || ${#plan} -gt 40 ]]; then
  echo 'name must be up to 40 letters, digits, dots, underscores and single hyphens' >&2
  exit 64
fi
PLAN_MARKER="<!-- dcsync-plan${plan:+ $plan} -->"
APPLY_MARKER="<!-- dcsync-apply${plan:+ $plan} -->"
DRIFT_MARKER="<!-- dcsync-drift${plan:+ $plan} -->"
DRIFT_LABEL=dcsync-drift
NOTHING=0000000000000000000000000000000000000000  # the revision before the first apply
DRIFT_TITLE="Data Connectors differ from what was applied${plan:+: $plan}"
# shellcheck disable=SC2016  # Git's shell expands it, so that the token is in no list of processes
HELPER='!f() { test "$1" != get || printf "username=x-access-token\npassword=%s\n" "$GH_TOKEN"; }; f'
COMMITS_LIMIT=30   # pull requests that one apply reports its outcome to
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

# The clone's own configuration is needed to fetch and to push; what a checkout can plant is not read.
# A checkout with `persist-credentials: false` leaves no token behind, so this one is given, to GitHub alone.
git() {
  without_secrets git -c "credential.${GITHUB_SERVER_URL:-https://github.com}.helper=$HELPER" -c safe.bareRepository=explicit -c core.fsmonitor=false -c core.hooksPath=/dev/null \
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
folders=()
while IFS= read -r path; do
  if [[ -n $path ]]; then files+=("--file=$path") folders+=("$path"); fi
done <<<"${DCSYNC_PATHS:-.}"

# The revision that was applied last, "" before the first time; a ref that cannot be read is not one that is not there.
fetch_applied() {
  local code=0
  git ls-remote --quiet --exit-code origin "$applied_ref" >/dev/null || code=$?
  case $code in
    0) git fetch --quiet --no-tags origin "+$applied_ref:$applied_ref" && git rev-parse --verify "$applied_ref^{commit}" ;;
    2) ;;
    *)
      echo "dcsync: $applied_ref cannot be read from origin: is contents: read granted?" >&2
      return 1
      ;;
  esac
}

# Sets `decisions`: what was applied last, which projects changed since then, and the allowances.
# Without $1 every project is looked at: somebody may have changed the cloud by hand.
decide() {
  decisions=()
  base=$(fetch_applied) || return
  if [[ -n $base ]]; then
    decisions+=("--base=$base")
    if [[ -n ${1-} ]]; then decisions+=("--changed-since=$base"); fi
  fi
  if [[ -n ${DCSYNC_ALLOW_DELETES-} ]]; then decisions+=("--allow-deletes=$DCSYNC_ALLOW_DELETES"); fi
  if [[ -n ${DCSYNC_ALLOW_CHANGES-} ]]; then decisions+=("--allow-changes=$DCSYNC_ALLOW_CHANGES"); fi
  if [[ -n ${DCSYNC_ALLOW_FROZEN-} ]]; then decisions+=("--allow-frozen=$DCSYNC_ALLOW_FROZEN"); fi
}

# The name in the marker and in the heading of what dcsync writes.
titled() {
  sed -e "1s/ -->\$/${plan:+ $plan} -->/" -e "2s/\$/${plan:+: \`$plan\`}/"
}

# Writes the plan to $output. Sets `code`: 0 no changes, 2 changes, all else is a failure.
make_plan() {
  code=0
  if [[ ${DCSYNC_ALLOW_UNSET:-false} == true ]]; then decisions+=(--allow-unset); fi
  dcsync plan "${files[@]}" "${decisions[@]}" --format markdown --detailed-exitcode | titled >"$output" || code=$?
  if [[ ! -s $output ]]; then say_failure plan "$code"; fi
}

# What the comment says where dcsync ended before it could say anything.
say_failure() {
  printf '<!-- dcsync-%s -->\n### dcsync %s\n\nThere is no %s (exit code %s): see the log of the run.\n' \
    "$1" "$1" "$1" "$2" | titled >"$output"
}

# One comment with the marker $1 in the pull request $2, found again by that marker and its author.
comment() {
  local comments="repos/$GITHUB_REPOSITORY/issues/$2/comments" found
  found=$(
    GH_MARKER=$1 GH_AUTHOR=${DCSYNC_COMMENT_AUTHOR:-github-actions[bot]} gh api --paginate "$comments" --jq \
      '.[] | select(.user.login == env.GH_AUTHOR and (.body | startswith(env.GH_MARKER))) | .id' | sed -n 1p
  ) || return
  if [[ -n $found ]]; then
    gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$found" -F "body=@$output"
  else
    gh api --silent --method POST "$comments" -F "body=@$output"
  fi
}

# The merged pull requests that an apply is about: of each commit since the one that was applied last which
# touched a declaration; the newest ones where there are many, and that of HEAD where nothing was applied before.
pull_requests() {
  local commit range=(--max-count=1 HEAD)
  if [[ -n $base ]]; then range=("--max-count=$COMMITS_LIMIT" "$base..HEAD" -- "${folders[@]}"); fi
  git --literal-pathspecs rev-list --first-parent "${range[@]}" | while IFS= read -r commit; do
    gh api "repos/$GITHUB_REPOSITORY/commits/$commit/pulls" --jq '.[] | select(.merged_at != null) | .number' || return
  done | sort -nu
}

# The outcome goes where the plan was reviewed. What was applied stays applied: a comment that fails is a warning.
comment_outcome() {
  local numbers number
  if numbers=$(pull_requests); then
    for number in $numbers; do
      if comment "$APPLY_MARKER" "$number"; then continue; fi
      echo "::warning::dcsync: the outcome could not be written into the pull request $number"
    done
  else
    echo '::warning::dcsync: the pull requests of this apply could not be read: is pull-requests: write granted?'
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
  if decide changed; then
    decisions+=(--impact)
    make_plan
  else
    code=1
    say_failure plan "$code"
  fi
  if [[ ${DCSYNC_COMMENT:-true} == true && -n ${DCSYNC_PULL_REQUEST-} ]]; then
    comment "$PLAN_MARKER" "$DCSYNC_PULL_REQUEST"
  fi
  fail_unless_planned
}

# The ref moves only after exit 0, and without force: never back to an older revision.
run_apply() {
  if [[ -z ${DCSYNC_DIGEST-} ]]; then
    echo 'apply needs the digest of the plan that was reviewed' >&2
    exit 64
  fi
  decide changed
  code=0
  dcsync apply "${files[@]}" "${decisions[@]}" "--plan=$DCSYNC_DIGEST" --format markdown |
    titled | tee "$output" || code=$?
  if [[ ! -s $output ]]; then say_failure apply "$code"; fi
  cat "$output" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
  if [[ $code == 0 ]]; then git push --quiet origin "HEAD:$applied_ref" || code=$?; fi
  if [[ ${DCSYNC_COMMENT:-true} == true ]]; then comment_outcome; fi
  exit "$code"
}

run_verify() {
  dcsync verify "${files[@]}" --sync --format markdown | tee -a "${GITHUB_STEP_SUMMARY:-/dev/null}"
}

# One open issue a name as long as the cloud differs from what was applied; closed when it no longer does.
run_drift() {
  local base unset=()
  base=$(fetch_applied)
  if [[ ${DCSYNC_ALLOW_UNSET:-false} == true ]]; then unset=(--allow-unset); fi
  code=0
  dcsync drift "${files[@]}" "--applied=${base:-$NOTHING}" "${unset[@]}" --format markdown | titled >"$output" ||
    code=$?
  if [[ $code != [02] ]]; then  # not all of it was seen: nothing can be said of drift
    cat "$output"
    exit "$code"
  fi
  gh label create "$DRIFT_LABEL" --force --description 'Found by dcsync' >/dev/null
  local found
  found=$(
    GH_MARKER=$DRIFT_MARKER gh issue list --state open --label "$DRIFT_LABEL" --limit 100 --json number,body --jq \
      '.[] | select(.body | startswith(env.GH_MARKER)) | .number' | sed -n 1p
  )
  if [[ $code == 0 ]]; then
    if [[ -n $found ]]; then gh issue close "$found" --comment 'In sync again.'; fi
  elif [[ -n $found ]]; then
    gh issue edit "$found" --body-file "$output"
  else
    gh issue create --title "$DRIFT_TITLE" --label "$DRIFT_LABEL" --body-file "$output"
  fi
}

case ${DCSYNC_COMMAND-} in
  install | validate | plan | apply | verify | drift) "run_$DCSYNC_COMMAND" ;;
  *)
    echo 'command must be install, validate, plan, apply, verify or drift' >&2
    exit 64
    ;;
esac
