"""Turns live connectors into declarations, with references in place of secrets.

Writes no files and calls no cloud. Secret values are in `Variable.value` only.
"""

from dcsync.adopt.adoption import adopt
from dcsync.adopt.nouns import AdoptedFile, Adoption, LeftOut, LiveProject
from dcsync.adopt.proof import differing
from dcsync.adopt.tfstate import ManagedConnector, managed_connectors
from dcsync.adopt.variables import Variable

__all__ = [
    "AdoptedFile",
    "Adoption",
    "LeftOut",
    "LiveProject",
    "ManagedConnector",
    "Variable",
    "adopt",
    "differing",
    "managed_connectors",
]
