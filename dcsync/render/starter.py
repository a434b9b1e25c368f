"""The texts of a starter folder. Returns strings, writes nothing."""

from __future__ import annotations

from dcsync import __version__

DECLARATION = "connectors/dcsync.yaml"
SCHEMA = "schemas/declaration.schema.json"
IGNORED = ".gitignore"
WORKFLOWS = {"github": ".github/workflows/dcsync.yml", "gitlab": ".gitlab-ci.yml"}
ANY_PROJECT = "${env:DCSYNC_VAR_PROJECT_ID}"

_DECLARATION = """\
# yaml-language-server: $schema=../schemas/declaration.schema.json
dcsync: 1
project: <project>

policy:
  prune: none   # leaves alone what is live and not declared here; `previous` and `all` delete it

# `dcsync import -p <id> --out connectors` writes down what is live.
# A new connector looks like this:
#
# connectors:
#   ingest:
#     display_name: Ingest
#     event_types: [temperature, touch]
#     labels: [name]
#     config:
#       url: https://ingest.example.com/dt
#       signature_secret: ${env:DT_SIGNATURE_SECRET}
connectors: {}
"""

_IGNORED = """\
# Secrets never belong into Git.
*.env
*.tfstate*
"""

_GITHUB = """\
name: Data Connectors

on:
  pull_request:
  push:
    branches: [main]

permissions:
  contents: read

concurrency:
  group: dcsync-${{ github.ref }}
  cancel-in-progress: false

env:
  DCSYNC_VAR_PROJECT_ID: ${{ vars.DCSYNC_VAR_PROJECT_ID }}

jobs:
  dcsync:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with: {fetch-depth: 0, persist-credentials: false}
      - uses: actions/setup-python@v5
        with: {python-version: "3.12"}
      - run: pip install "dcsync==<version>"
      - run: dcsync validate -f connectors
      - if: >-
          github.event_name == 'push' ||
          github.event.pull_request.head.repo.full_name == github.repository
        run: dcsync plan -f connectors   # also in the run's summary; forks have no secrets
        env:
          DT_SERVICE_ACCOUNT_KEY_ID: ${{ secrets.DT_SERVICE_ACCOUNT_KEY_ID }}
          DT_SERVICE_ACCOUNT_SECRET: ${{ secrets.DT_SERVICE_ACCOUNT_SECRET }}
          DT_SERVICE_ACCOUNT_EMAIL: ${{ secrets.DT_SERVICE_ACCOUNT_EMAIL }}
      - if: github.event_name == 'push'
        run: dcsync apply -f connectors --auto-approve
        env:
          DT_SERVICE_ACCOUNT_KEY_ID: ${{ secrets.DT_SERVICE_ACCOUNT_KEY_ID }}
          DT_SERVICE_ACCOUNT_SECRET: ${{ secrets.DT_SERVICE_ACCOUNT_SECRET }}
          DT_SERVICE_ACCOUNT_EMAIL: ${{ secrets.DT_SERVICE_ACCOUNT_EMAIL }}
"""

_GITLAB = """\
# Needs the masked variables DT_SERVICE_ACCOUNT_KEY_ID, DT_SERVICE_ACCOUNT_SECRET and
# DT_SERVICE_ACCOUNT_EMAIL.
image: python:3.12-slim

default:
  before_script:
    - pip install --quiet "dcsync==<version>"

validate:
  script: dcsync validate -f connectors

plan:
  script: dcsync plan -f connectors --out plan.json
  artifacts: {paths: [plan.json]}
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH

apply:
  stage: deploy
  resource_group: dcsync   # one after the other
  script: dcsync apply -f connectors --plan plan.json
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
      when: manual
"""

_TEXTS = {"github": _GITHUB, "gitlab": _GITLAB}


def starter_files(project: str, ci: str, schema: str) -> dict[str, str]:
    """Each file of the folder by its path; `ci` is a key of WORKFLOWS, or none."""
    declaration = _DECLARATION.replace("<project>", project or ANY_PROJECT)
    files = {
        DECLARATION: declaration.replace("<id>", project or '"$DCSYNC_VAR_PROJECT_ID"'),
        SCHEMA: schema,
        IGNORED: _IGNORED,
    }
    if ci in WORKFLOWS:
        files[WORKFLOWS[ci]] = _TEXTS[ci].replace("<version>", __version__)
    return files
