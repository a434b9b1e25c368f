"""The files of a starter folder. Reads the shipped examples, writes nothing."""

from __future__ import annotations

from pathlib import Path

import dcsync

DECLARATION = "connectors/dcsync.yaml"
SCHEMA = "schemas/declaration.schema.json"
IGNORED = ".gitignore"
WORKFLOWS = {"github": ".github/workflows/dcsync.yml", "gitlab": ".gitlab-ci.yml"}
_EXAMPLES = {
    "github": {
        ".github/workflows/dcsync.yml": "github/dcsync.yml",
        ".github/workflows/dcsync-drift.yml": "github/drift.yml",
    },
    "gitlab": {".gitlab-ci.yml": "gitlab/.gitlab-ci.yml"},
}
"""One source: what `init` writes are the examples that the documentation shows."""
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


def starter_files(project: str, ci: str, schema: str) -> dict[str, str]:
    """Each file of the folder by its path; `ci` is a key of WORKFLOWS, or none."""
    declaration = _DECLARATION.replace("<project>", project or ANY_PROJECT)
    files = {
        DECLARATION: declaration.replace("<id>", project or '"$DCSYNC_VAR_PROJECT_ID"'),
        SCHEMA: schema,
        IGNORED: _IGNORED,
    }
    return files | {path: example_text(name) for path, name in _EXAMPLES.get(ci, {}).items()}


def example_text(name: str) -> str:
    """An example's own text: in an installed package inside it, in a checkout beside it."""
    package = Path(dcsync.__file__).parent
    folders = (package / "examples", package.parent / "examples")
    folder = next((each for each in folders if each.is_dir()), folders[0])
    return (folder / name).read_text("utf-8")
