"""YAML files to declared connectors with their places, or every problem at once.

The only room that reads YAML and JSON Schemas. It talks to no cloud and prints nothing.

`loading` tells the story. `files` finds texts, `reader` and `builder` make values with places of
them, `documents` and `schema` say which are declarations and what is wrong with their shape,
`targets` which projects they are about, `connectors` and `configs` what they declare there,
`resolving` what references stand for, `policies` and `conflicts` what goes together.
"""

from dcsync.declare.changes import changed_projects
from dcsync.declare.discovery import Discover, Discovery, FoundProject
from dcsync.declare.files import replace_bytes
from dcsync.declare.formatting import Formatted, formatted
from dcsync.declare.git import Commit, find_ancestor, find_commit, find_ignored
from dcsync.declare.git_process import find_root
from dcsync.declare.left_out import find_left_out
from dcsync.declare.loading import load, load_texts
from dcsync.declare.references import References
from dcsync.declare.revision import load_revision
from dcsync.declare.schema import fits_schema, schema_text

__all__ = [
    "Commit",
    "Discover",
    "Discovery",
    "Formatted",
    "FoundProject",
    "References",
    "changed_projects",
    "find_ancestor",
    "find_commit",
    "find_ignored",
    "find_left_out",
    "find_root",
    "fits_schema",
    "formatted",
    "load",
    "load_revision",
    "load_texts",
    "replace_bytes",
    "schema_text",
]
