"""YAML files to declared connectors with their places, or every problem at once.

The only room that reads YAML and JSON Schemas. It talks to no cloud and prints nothing.

`loading` is the story. `files` finds declarations: read by `strict_yaml`, checked by `schema`.
`meaning` says which projects they are about and what they declare there, `references` what stands
for secrets and variables. `git` reads former revisions, `canonical` writes declarations.
"""

from dcsync.declare.accepted import AcceptedEntry, load_accepted
from dcsync.declare.changes import changed_projects
from dcsync.declare.files.finding import replace_bytes
from dcsync.declare.git.branching import find_branch, find_merge_base
from dcsync.declare.git.objects import Commit, find_ancestor, find_commit, find_ignored
from dcsync.declare.git.process import find_root
from dcsync.declare.left_out import find_left_out
from dcsync.declare.loading import load, load_texts
from dcsync.declare.meaning.discovery import Discover, Discovery, FoundProject
from dcsync.declare.references.notation import References
from dcsync.declare.revision import load_revision
from dcsync.declare.schema.schemas import fits_schema, schema_text
from dcsync.declare.words import did_you_mean

__all__ = [
    "AcceptedEntry",
    "Commit",
    "Discover",
    "Discovery",
    "FoundProject",
    "References",
    "changed_projects",
    "did_you_mean",
    "find_ancestor",
    "find_branch",
    "find_commit",
    "find_ignored",
    "find_left_out",
    "find_merge_base",
    "find_root",
    "fits_schema",
    "load",
    "load_accepted",
    "load_revision",
    "load_texts",
    "replace_bytes",
    "schema_text",
]
