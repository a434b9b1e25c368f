"""Loads YAML files as declared connectors with their positions, or reports every problem at once.

The only package that reads YAML and JSON Schemas. It calls no cloud and prints nothing.

Start at `loading`. `files` finds declaration files, parsed by `strict_yaml` and checked by
`schema`. `meaning` finds their projects and connectors, `references` resolves secrets and
variables. `git` reads earlier revisions, `canonical` writes declarations.
"""

from dcsync.declare.changes import changed_projects
from dcsync.declare.files.finding import overwrite
from dcsync.declare.git.branching import find_branch, find_merge_base
from dcsync.declare.git.objects import Commit, find_ancestor, find_commit, find_ignored, is_shallow
from dcsync.declare.git.process import find_root
from dcsync.declare.git.references import find_refs
from dcsync.declare.loading import load, load_contents
from dcsync.declare.meaning.discovery import Discover, Discovery, FoundProject
from dcsync.declare.omitted_files import find_omitted_files
from dcsync.declare.references.notation import References
from dcsync.declare.revision import load_revision
from dcsync.declare.schema.schemas import fits_schema, schema_text
from dcsync.declare.suggestions import did_you_mean

__all__ = [
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
    "find_merge_base",
    "find_omitted_files",
    "find_refs",
    "find_root",
    "fits_schema",
    "is_shallow",
    "load",
    "load_contents",
    "load_revision",
    "overwrite",
    "schema_text",
]
