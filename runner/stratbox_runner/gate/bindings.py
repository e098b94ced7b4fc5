"""What does each name in the file stand for? Collects every binding before anything is judged.

Scopes are deliberately ignored: a name that is a module anywhere in the file counts as that module everywhere, and a name
counts as a function only if nothing else binds it. That is stricter than Python and much easier to be sure of.
"""

import ast
from collections import Counter
from dataclasses import dataclass, field
from typing import Final, NoReturn

from stratbox_runner.gate import modules, names
from stratbox_runner.gate.nodes import children
from stratbox_runner.gate.rules import reject

MAX_NODES: Final = 60_000
MAX_DEPTH: Final = 200
# Python checks each keyword of a call against all others.
MAX_KEYWORDS: Final = 255

_SCOPES: Final = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.comprehension})

# The nodes that _bind knows; most others are expressions that bind nothing.
_BINDING: Final[frozenset[type[ast.AST]]] = frozenset(
    {ast.Name, ast.arg, ast.MatchStar, ast.MatchMapping, ast.MatchAs, ast.ExceptHandler, ast.FunctionDef, ast.Global}
    | {ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.AugAssign, ast.For}
    | {ast.comprehension, ast.withitem}
)


@dataclass
class Bindings:
    """Every name of one file, by what binds it."""

    modules: dict[str, str] = field(default_factory=lambda: dict(names.SCOPE_MODULES))
    members: dict[str, str] = field(default_factory=dict)  # from M import x: x → "M.x"
    functions: dict[str, list[ast.FunctionDef]] = field(default_factory=dict)
    assigned: dict[str, ast.AST] = field(default_factory=dict)  # targets, parameters, handlers, patterns: where first
    values: dict[str, list[ast.expr | None]] = field(
        default_factory=dict
    )  # what plain assignments put in; None: unknown
    top_level: set[str] = field(default_factory=set)
    loads: Counter[str] = field(default_factory=Counter)
    reducers: set[str] = field(default_factory=set)  # variables that have been found to hold listed reducers only

    def is_known(self, name: str) -> bool:
        """Report whether a load of the name can succeed."""
        return name in self.assigned or name in self.functions or name in self.members or name in self.modules

    def is_only_function(self, name: str) -> bool:
        """Report whether nothing but `def` binds the name."""
        return name in self.functions and name not in self.assigned and name not in self.members

    def is_only_member(self, name: str) -> bool:
        """Report whether nothing but `from module import name` binds the name."""
        return name in self.members and name not in self.assigned and name not in self.functions


def collect(tree: ast.Module) -> Bindings:
    """Return the file's bindings; rejects trees that are too large, too deep, or import what is not listed."""
    bindings = Bindings()
    stack: list[tuple[ast.AST, int, bool]] = [(tree, 0, True)]
    count = 0
    while stack:
        node, depth, top = stack.pop()
        count += 1
        if count > MAX_NODES:
            reject(node, "too-large", f"the code has more than {MAX_NODES} parts: shorten it")
        if depth > MAX_DEPTH:
            reject(node, "too-deep", f"this is nested more than {MAX_DEPTH} levels deep: use intermediate variables")
        kind = node.__class__
        if kind in _BINDING:
            _bind(bindings, node, top)
        inner = top and kind not in _SCOPES
        stack.extend([(child, depth + 1, inner) for child in children(node)])
    for name, place in bindings.assigned.items():
        if name in bindings.modules:
            _refuse_shadow(place, name, bindings.modules[name])
    for name, definitions in bindings.functions.items():
        if name in bindings.modules:
            _refuse_shadow(definitions[0], name, bindings.modules[name])
    return bindings


def _refuse_shadow(node: ast.AST, name: str, module: str) -> NoReturn:
    # Otherwise an object could borrow the members of the module, or the module the methods of the object.
    reject(node, "module-as-value", f"{name} is the module {module}: give this variable another name")


def _bind(bindings: Bindings, node: ast.AST, top: bool) -> None:
    match node:
        case ast.Name(id=name, ctx=ast.Load()):
            bindings.loads[name] += 1
        case ast.Name(id=name):
            _assign(bindings, node, name, top)
        case ast.arg(arg=name) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            _assign(bindings, node, name, False)
            bindings.values.setdefault(name, []).append(None)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            _assign(bindings, node, name, top)
            bindings.values.setdefault(name, []).append(None)
        case ast.FunctionDef(name=name):
            bindings.functions.setdefault(name, []).append(node)
            if top:
                bindings.top_level.add(name)
        case ast.Global(names=declared):
            bindings.top_level.update(declared)
        case ast.Import(names=aliases):
            for alias in aliases:
                _import_module(bindings, alias)
        case ast.ImportFrom():
            _import_members(bindings, node)
        case ast.Assign(targets=targets, value=value):
            # In a = b = [...] the list can be changed through the other name.
            for target in targets:
                _note_value(bindings, target, value if len(targets) == 1 else None)
        case ast.AnnAssign(target=target, value=value) | ast.NamedExpr(target=target, value=value):
            _note_value(bindings, target, value)
        case ast.AugAssign(target=target):
            _note_value(bindings, target, None)
        case (
            ast.For(target=target, iter=ast.List(elts=items) | ast.Tuple(elts=items))
            | ast.comprehension(target=target, iter=ast.List(elts=items) | ast.Tuple(elts=items))
        ):
            for item in items:
                _note_value(bindings, target, item)
        case ast.For(target=target) | ast.comprehension(target=target):
            _note_value(bindings, target, None)
        case ast.withitem(optional_vars=ast.expr() as target):
            _note_value(bindings, target, None)


def _assign(bindings: Bindings, node: ast.AST, name: str, top: bool) -> None:
    bindings.assigned.setdefault(name, node)
    if top:
        bindings.top_level.add(name)


def _note_value(bindings: Bindings, target: ast.expr, value: ast.expr | None) -> None:
    """Remember what a name holds; names inside a tuple, list or star target hold something unknown."""
    if isinstance(target, ast.Name):
        bindings.values.setdefault(target.id, []).append(value)
        return
    stack: list[ast.expr] = [target]
    while stack:
        part = stack.pop()
        if isinstance(part, ast.Name):
            bindings.values.setdefault(part.id, []).append(None)
        elif isinstance(part, ast.Tuple | ast.List):
            stack.extend(part.elts)
        elif isinstance(part, ast.Starred):
            stack.append(part.value)


def _import_module(bindings: Bindings, alias: ast.alias) -> None:
    if alias.name not in modules.MODULES:
        reject(alias, "import-not-allowed", f"{alias.name} is not available: {modules.hint(alias.name)}")
    if alias.asname:
        _alias_module(bindings, alias, alias.asname, alias.name)
    else:
        root = alias.name.partition(".")[0]
        _alias_module(bindings, alias, root, root)


def _import_members(bindings: Bindings, node: ast.ImportFrom) -> None:
    module = node.module or ""
    if node.level or module not in modules.MODULES:
        shown = "." * node.level + module
        advice = "there are no other files to import from" if node.level else modules.hint(module)
        reject(node, "import-not-allowed", f"{shown} is not available: {advice}")
    for alias in node.names:
        if alias.name == "*":
            reject(alias, "import-not-allowed", f"a star import hides what is used: name what you need from {module}")
        bound = alias.asname or alias.name
        inner = modules.submodule(module, alias.name)
        if inner:
            _alias_module(bindings, alias, bound, inner)
        elif alias.name in modules.MODULES[module]:
            if bound in bindings.modules:
                _refuse_shadow(alias, bound, bindings.modules[bound])
            member = f"{module}.{alias.name}"
            if member in modules.CALLED_ONLY | modules.NAMED_ONLY:
                reject(alias, "import-not-allowed", f"write {module}.{alias.name}, with the module in front")
            if bindings.members.setdefault(bound, member) != member:
                _assign(bindings, alias, bound, False)
        else:
            reject(alias, "import-not-allowed", f"{alias.name} of {module} is not available to strategies")


def _alias_module(bindings: Bindings, alias: ast.alias, bound: str, module: str) -> None:
    if bindings.modules.setdefault(bound, module) != module or bound in bindings.members:
        reject(
            alias,
            "module-as-value",
            f"{bound} stands for {module} and for something else: import one of them under another name",
        )
