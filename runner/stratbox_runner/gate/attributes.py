"""May this attribute be read or assigned? Chains that begin at a module follow its list of members, all others the one
list of attribute names."""

import ast
from dataclasses import dataclass
from typing import Final

from stratbox_runner.gate import advice, modules
from stratbox_runner.gate.bindings import Bindings
from stratbox_runner.gate.rules import reject
from stratbox_runner.gate.vocabulary import ATTRIBUTES

STORABLE: Final = frozenset({"index", "columns", "name", "names"})

# Settings of pandas that scripts assign; everything else below pd.options can load code.
_OPTION_STORES: Final = ("pandas.options.display.", "pandas.options.mode.", "pandas.options.future.")


@dataclass(frozen=True)
class Chain:
    """An attribute chain that begins at a module: the member it names, and the attributes read from that member."""

    member: str  # "numpy.linalg.norm"
    rest: tuple[str, ...]


def resolve(bindings: Bindings, node: ast.expr) -> Chain | None:
    """Return what a Name or Attribute expression stands for, if it begins at a module or an imported member."""
    parts, base = split(node)
    if not isinstance(base, ast.Name):
        return None
    if base.id in bindings.modules:
        module = bindings.modules[base.id]
        for position, part in enumerate(parts):
            inner = modules.submodule(module, part.attr)
            if inner is None:
                rest = tuple(later.attr for later in parts[position + 1 :])
                return Chain(f"{module}.{part.attr}", rest)
            module = inner
        return None
    if bindings.is_only_member(base.id):
        return Chain(bindings.members[base.id], tuple(part.attr for part in parts))
    return None


def split(node: ast.expr) -> tuple[list[ast.Attribute], ast.expr]:
    """Return the attributes of a chain, innermost first, and the expression it begins with."""
    parts: list[ast.Attribute] = []
    while isinstance(node, ast.Attribute):
        parts.append(node)
        node = node.value
    return parts[::-1], node


def check_chain(bindings: Bindings, node: ast.Attribute) -> None:
    """Judge every attribute of a chain, but not the expression it begins with."""
    parts, base = split(node)
    if isinstance(base, ast.Name) and base.id in bindings.modules:
        parts = _check_members(bindings.modules[base.id], node, parts)
    for part in parts:
        if part.attr == "format" and isinstance(part.value, ast.Constant):
            continue  # a literal's format has a rule of its own
        check_name(part, part.attr)


def check_name(node: ast.AST, name: str) -> None:
    """Reject an attribute name that is not listed."""
    if name in ATTRIBUTES:
        return
    if name.startswith("_"):
        reject(node, "attribute-not-allowed", f".{name} is private: strategies use public attributes only")
    instead = advice.for_word(name) or f"if it is a column, write table['{name}']; if a field, unpack the tuple"
    reject(node, "attribute-not-allowed", f".{name} is not available to strategies: {instead}")


def check_member(node: ast.AST, module: str, name: str) -> None:
    """Reject a name that a module does not offer to strategies."""
    if name not in modules.MODULES[module]:
        instead = advice.for_member(module, name)
        reject(node, "attribute-not-allowed", f"{module}.{name} is not available to strategies: {instead}")


def check_store(bindings: Bindings, node: ast.Attribute) -> None:
    """Judge an assignment to an attribute, but not the expression it belongs to, unless that begins at a module."""
    parts, base = split(node)
    if isinstance(base, ast.Name) and base.id in bindings.modules:
        path = ".".join([bindings.modules[base.id], *(part.attr for part in parts)])
        if path.startswith(_OPTION_STORES) and len(parts) == 3 and not parts[-1].attr.startswith("_"):
            return
        reject(node, "attribute-store", f"{path} belongs to everyone: keep the value in a variable")
    if node.attr.startswith("_"):
        reject(node, "attribute-store", f".{node.attr} is private: keep the value in a variable")
    if node.attr not in STORABLE:
        reject(
            node,
            "attribute-store",
            f".{node.attr} cannot be assigned: write table['{node.attr}'] = ..., or keep the value in a variable",
        )


def _check_members(module: str, node: ast.Attribute, parts: list[ast.Attribute]) -> list[ast.Attribute]:
    """Walk from a module through listed submodules to a member; return the attributes behind the member."""
    for position, part in enumerate(parts):
        inner = modules.submodule(module, part.attr)
        if inner is None:
            check_member(part, module, part.attr)
            return parts[position + 1 :]
        module = inner
    return reject(node, "module-as-value", f"{module} is a module: use one of its members directly")
