"""`dcsync schema`: print one of the JSON Schemas that dcsync ships."""

from __future__ import annotations

from dcsync import declare
from dcsync.options.of_files import SchemaOptions
from dcsync.render.words import block
from dcsync.session.output.console import Console
from dcsync.session.result import Result


def run(options: SchemaOptions, console: Console) -> Result:
    """Print the schema as it is shipped."""
    console.result(block(declare.schema_text(options.name).rstrip("\n")))
    return Result()
