"""Which parts of a syntax tree hold further parts? `ast.iter_child_nodes` without what the gate never looks at."""

import ast
import typing
from types import UnionType
from typing import Final

# Nodes that carry no position and no parts: load or store, and the kinds of operators.
_MARKS: Final = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)


def children(node: ast.AST) -> list[ast.AST]:
    """Return the parts of a node in source order, without contexts and operators."""
    found: list[ast.AST] = []
    for name, several in _FIELDS[node.__class__]:
        value = getattr(node, name)
        if value is None:
            continue
        if several:
            # Dict keys and keyword defaults have gaps.
            found.extend(part for part in value if part is not None)
        else:
            found.append(value)
    return found


def _fields(kind: type[ast.AST]) -> tuple[tuple[str, bool], ...]:
    """Return the names of the fields that hold nodes, and whether they hold several."""
    fields = []
    for name, held in kind._field_types.items():
        several = typing.get_origin(held) is list
        inner = typing.get_args(held) if several or isinstance(held, UnionType) else (held,)
        if any(isinstance(part, type) and issubclass(part, ast.AST) and not issubclass(part, _MARKS) for part in inner):
            fields.append((name, several))
    return tuple(fields)


_FIELDS: Final = {
    kind: _fields(kind)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST) and "_field_types" in vars(kind)
}
