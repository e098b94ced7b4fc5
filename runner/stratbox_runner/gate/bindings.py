"""What does each name in the file stand for? Collects every binding before anything is judged.

Scopes are deliberately ignored: a name that is a module anywhere in the file counts as that module everywhere, and a name
counts as a function only if nothing else binds it. That is stricter than Python and much easier to be sure of.
"""

import ast
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from stratbox_runner.gate import advice, modules, names
from stratbox_runner.gate.nodes import children
from stratbox_runner.gate.rules import Finding, reject

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
    findings: list[Finding] = field(default_factory=list)  # what is wrong with the bindings themselves

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
    """Return the file's bindings with what is wrong about them; rejects at once only trees that are too large or deep."""
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
        parts = [(child, depth + 1, inner) for child in children(node)]
        parts.reverse()
        stack.extend(parts)
    for name, module in bindings.modules.items():
        places: list[ast.AST] = [*bindings.functions.get(name, [])]
        if name in bindings.assigned:
            places.append(bindings.assigned[name])
        for place in places:
            _refuse_shadow(bindings, place, name, module)
    return bindings


def _refuse_shadow(bindings: Bindings, node: ast.AST, name: str, module: str) -> None:
    # Otherwise an object could borrow the members of the module, or the module the methods of the object.
    message = f"{name} is the module {module}: give this variable another name"
    bindings.findings.append(Finding.at(node, "module-as-value", message))


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
    bound = alias.asname or alias.name.partition(".")[0]
    if alias.name in modules.MODULES:
        _alias_module(bindings, alias, bound, alias.name if alias.asname else bound)
    else:
        _refuse_import(bindings, alias, bound, f"{alias.name} is not available: {advice.for_module(alias.name)}")


def _import_members(bindings: Bindings, node: ast.ImportFrom) -> None:
    module = node.module or ""
    refused = ""
    if node.level:
        refused = f"{'.' * node.level}{module} is not available: there are no other files to import from"
    elif module not in modules.MODULES:
        refused = f"{module} is not available: {advice.for_module(module)}"
    for alias in node.names:
        bound = alias.asname or alias.name
        if refused:
            _refuse_import(bindings, node, bound, refused)
        elif inner := modules.submodule(module, alias.name):
            _alias_module(bindings, alias, bound, inner)
        elif refusal := _member_refusal(module, alias.name):
            _refuse_import(bindings, alias, bound, refusal)
        else:
            _import_member(bindings, alias, bound, f"{module}.{alias.name}")


def _member_refusal(module: str, name: str) -> str:
    """Return why a name cannot be imported from a listed module, or nothing."""
    if name == "*":
        return f"a star import hides what is used: name what you need from {module}"
    if name not in modules.MODULES[module]:
        return f"{name} of {module} is not available to strategies: {advice.for_member(module, name)}"
    if f"{module}.{name}" in modules.CALLED_ONLY | modules.NAMED_ONLY:
        return f"write {module}.{name}, with the module in front"
    return ""


def _import_member(bindings: Bindings, alias: ast.alias, bound: str, member: str) -> None:
    if bound in bindings.modules:
        _refuse_shadow(bindings, alias, bound, bindings.modules[bound])
    if bindings.members.setdefault(bound, member) != member:
        _assign(bindings, alias, bound, False)


def _alias_module(bindings: Bindings, alias: ast.alias, bound: str, module: str) -> None:
    if bindings.modules.setdefault(bound, module) != module or bound in bindings.members:
        message = f"{bound} stands for {module} and for something else: import one of them under another name"
        bindings.findings.append(Finding.at(alias, "module-as-value", message))


def _refuse_import(bindings: Bindings, node: ast.AST, bound: str, message: str) -> None:
    bindings.findings.append(Finding.at(node, "import-not-allowed", message))
    # The name counts as bound, so that its uses are not reported as undefined.
    _assign(bindings, node, bound, False)
    bindings.values.setdefault(bound, []).append(None)
