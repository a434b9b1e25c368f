"""What source code calls, for promises about all of it; ast.unparse would take most of the time."""

from __future__ import annotations

import ast


def dotted(expression: ast.expr) -> str:
    """A name with its dots, and nothing for what is put together otherwise."""
    if isinstance(expression, ast.Name):
        return expression.id
    if isinstance(expression, ast.Attribute) and (before := dotted(expression.value)):
        return f"{before}.{expression.attr}"
    return ""
