"""Is every part of the syntax tree one a strategy needs? Walks the tree once, without recursion, and past what it finds:
children do not come in source order everywhere, and the finding to report is the first in the source."""

import ast
import typing
from typing import Final

from stratbox_runner.gate import attributes, calls, names
from stratbox_runner.gate.bindings import Bindings
from stratbox_runner.gate.classes import Places
from stratbox_runner.gate.nodes import children
from stratbox_runner.gate.rules import Finding, reject

# String and tuple repetitions are computed by the compiler, and their sums again and again.
MAX_REPETITIONS: Final = 64

# Nodes that mean no more than their children.
_PLAIN: Final = frozenset(
    getattr(ast, name)
    for name in (
        "Module Expr Assign AugAssign AnnAssign Delete Return Pass Break Continue If For While Try ExceptHandler With"
        " withitem Raise Assert Import ImportFrom alias Global Nonlocal BoolOp NamedExpr BinOp UnaryOp Lambda IfExp"
        " Dict Set ListComp SetComp DictComp GeneratorExp comprehension Yield YieldFrom Compare Call keyword JoinedStr"
        " FormattedValue Constant Attribute Subscript Starred Name List Tuple Slice FunctionDef arguments arg Match"
        " match_case MatchValue MatchSingleton MatchSequence MatchMapping MatchStar MatchAs MatchOr"
    ).split()
)

# Those that _judge looks at.
_JUDGED: Final[frozenset[type[ast.AST]]] = frozenset(
    {ast.Name, ast.Call, ast.Compare, ast.BinOp, ast.FunctionDef, ast.arg, ast.ExceptHandler, ast.alias, ast.MatchAs}
    | {ast.MatchStar, ast.MatchMapping, ast.Global, ast.Nonlocal, ast.AnnAssign, ast.FormattedValue}
)

_REFUSED: Final[dict[type[ast.AST], tuple[str, str]]] = {
    ast.ClassDef: ("statement-not-allowed", "classes are not accepted: use functions, dicts or namedtuples"),
    ast.AsyncFunctionDef: ("statement-not-allowed", "async code is not accepted: use plain functions"),
    ast.AsyncFor: ("statement-not-allowed", "async code is not accepted: use a plain for loop"),
    ast.AsyncWith: ("statement-not-allowed", "async code is not accepted: use a plain with statement"),
    ast.Await: ("statement-not-allowed", "async code is not accepted: call the function"),
    ast.TryStar: ("statement-not-allowed", "except* is not accepted: use except"),
    ast.MatchClass: ("pattern", "class patterns read attributes: use isinstance and if"),
}
_UNKNOWN: Final = ("statement-not-allowed", "this form of Python is not accepted: write it more plainly")


class Walk:
    """One walk over one file's tree."""

    def __init__(self, bindings: Bindings) -> None:
        self._bindings = bindings
        self._places = Places(bindings)
        self._repetitions = 0
        # Nodes that their parent has already judged in this position.
        self._called: set[int] = set()
        self._judged: set[int] = set()

    def run(self, tree: ast.Module) -> list[Finding]:
        """Judge every node; return what is not accepted, in no particular order."""
        findings: list[Finding] = []
        stack: list[ast.AST] = [tree]
        while stack:
            node = stack.pop()
            if id(node) in self._judged:
                continue
            kind = node.__class__
            try:
                if kind is ast.Attribute:
                    self._check_attribute(typing.cast(ast.Attribute, node))
                elif kind in _JUDGED:
                    self._judge(node)
                elif kind not in _PLAIN:
                    reject(node, *_REFUSED.get(kind, _UNKNOWN))
            except Finding as finding:
                findings.append(finding)
            parts = self._unjudged(node) if kind is ast.Attribute else children(node)
            parts.reverse()
            stack.extend(parts)
        return findings

    def _unjudged(self, node: ast.AST) -> list[ast.AST]:
        """Return what an attribute is read from, unless it has been judged with the attribute."""
        chain = typing.cast(ast.Attribute, node)
        _, base = attributes.split(chain)
        if isinstance(base, ast.Name) and base.id in self._bindings.modules:
            return []
        return [base if isinstance(chain.ctx, ast.Load) else chain.value]

    def _judge(self, node: ast.AST) -> None:
        """Judge a node that means more than its children."""
        self._places.note(node)
        match node:
            case ast.Name():
                self._check_name(node)
            case ast.Call():
                self._check_call(node)
            case ast.Compare():
                self._allow_namespace_tests(node)
            case ast.BinOp(op=ast.Mult()):
                self._count_repetition(node)
            case ast.FunctionDef():
                _check_definition(self._bindings, node)
            case ast.arg(arg=name) | ast.ExceptHandler(name=str(name)) | ast.alias(asname=str(name)):
                _check_bound(node, name)
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                _check_bound(node, name)
            case ast.Global(names=declared) | ast.Nonlocal(names=declared):
                for name in declared:
                    _check_bound(node, name)

    def _check_name(self, node: ast.Name) -> None:
        name = node.id
        if not isinstance(node.ctx, ast.Load):
            _check_bound(node, name)
            return
        bindings = self._bindings
        if name in bindings.modules:
            reject(node, "module-as-value", f"{name} is a module: write {name}.{_example(name)} where it is needed")
        if name in names.CALL_ONLY_BUILTINS:
            if id(node) not in self._called:
                reject(node, "call-not-allowed", f"{name} is used only by calling it in place: {name}(...)")
        elif not bindings.is_known(name) and name not in names.KNOWN:
            reject(node, "name-not-allowed", f"{name} is not defined for strategies: {names.hint(name)}")

    def _check_attribute(self, node: ast.Attribute) -> None:
        """Judge a whole chain, or the last attribute of one that is assigned."""
        if isinstance(node.ctx, ast.Del):
            reject(node, "attribute-store", f".{node.attr} cannot be deleted: use drop")
        if isinstance(node.ctx, ast.Store):
            attributes.check_store(self._bindings, node)
            return
        self._places.note(node)
        attributes.check_chain(self._bindings, node)
        self._places.check_member(node)
        parts, _ = attributes.split(node)
        values = parts[:-1] if id(node) in self._called else parts
        if values:
            calls.check_not_value(self._bindings, values[-1])
        for part in parts:
            if part.attr == "format" and isinstance(part.value, ast.Constant):
                if not isinstance(part.value.value, str):
                    attributes.check_name(part, part.attr)
                calls.check_format(part.value)

    def _check_call(self, node: ast.Call) -> None:
        self._called.add(id(node.func))
        match node:
            case ast.Call(func=ast.Name(id="getattr" | "hasattr"), args=[ast.Name(id=name) as owner, *_]):
                if name in self._bindings.modules:
                    self._judged.add(id(owner))
        calls.check(self._bindings, node)
        match node.func:
            case ast.Name(id="type"):
                self._places.check_type(node)
            case ast.Name(id="locals" | "globals" as name) if id(node) not in self._called:
                reject(node, "call-not-allowed", f"{name} is accepted only as in: 'position' in {name}()")

    def _allow_namespace_tests(self, node: ast.Compare) -> None:
        """Remember calls right of `in`, the one place where locals() and globals() may stand."""
        for operator, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(operator, ast.In | ast.NotIn) and isinstance(right, ast.Call):
                self._called.add(id(right))

    def _count_repetition(self, node: ast.BinOp) -> None:
        if any(_is_literal_sequence(side) for side in (node.left, node.right)):
            self._repetitions += 1
            if self._repetitions > MAX_REPETITIONS:
                reject(node, "too-large", f"more than {MAX_REPETITIONS} repeated literals: keep one in a variable")


def _check_bound(node: ast.AST, name: str) -> None:
    if name.startswith("__"):
        reject(node, "name-not-allowed", f"{name} cannot be a name: two leading underscores belong to the interpreter")
    if name in names.CALL_ONLY_BUILTINS:
        # Elsewhere in the file the name would still be the builtin.
        reject(node, "name-not-allowed", f"{name} is a builtin: give this another name")


def _check_definition(bindings: Bindings, node: ast.FunctionDef) -> None:
    for decorator in node.decorator_list:
        plain = decorator.func if isinstance(decorator, ast.Call) else decorator
        chain = attributes.resolve(bindings, plain)
        if chain is None or chain.rest or chain.member not in ("functools.cache", "functools.lru_cache"):
            reject(
                decorator, "decorator", f"write the call below the function instead: {node.name} = wrapper({node.name})"
            )
    _check_bound(node, node.name)


def _is_literal_sequence(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str | bytes)
    return isinstance(node, ast.Tuple)


def _example(name: str) -> str:
    return {"np": "mean(...)", "pd": "concat(...)"}.get(name, "name")
