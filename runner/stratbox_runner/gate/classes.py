"""Where may a class that must not be called appear? Beside another in a test, in an annotation, or printed.

`type(x)` gives a class nobody has listed, and calling one makes objects its library never meant to exist: type(int) makes
classes, and numpy.ndarray makes arrays over any memory. What honest code asks of a class is its name and whether it is
that of another.
"""

import ast
from typing import Final

from stratbox_runner.gate import attributes, modules
from stratbox_runner.gate.bindings import Bindings
from stratbox_runner.gate.nodes import children
from stratbox_runner.gate.rules import reject

# Builtins that show or test a class and give nothing of it back.
_SHOWING: Final = frozenset({"print", "str", "repr", "isinstance", "issubclass"})

# What may stand in an annotation around a class: nothing that could keep it.
_ANNOTATION: Final = (ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.List, ast.Constant, ast.BinOp)


class Places:
    """The places of one file where classes may stand, noted while the tree is walked from the top."""

    def __init__(self, bindings: Bindings) -> None:
        self._bindings = bindings
        self._allowed: set[int] = set()

    def note(self, node: ast.AST) -> None:
        """Remember which parts of a node may be classes."""
        match node:
            case ast.Compare(left=left, comparators=comparators):
                for side in (left, *comparators):
                    self._allow(side)
            case ast.Call(func=ast.Name(id=name), args=arguments) if name in _SHOWING and not self._bindings.is_known(
                name
            ):
                for argument in arguments:
                    self._allow(argument)
            case ast.FormattedValue(value=value):
                self._allow(value)
            case ast.Attribute(value=ast.Call() as owner, attr="__name__"):
                self._allow(owner)
            case ast.arg(annotation=ast.expr() as annotation) | ast.AnnAssign(annotation=annotation):
                self._allow_annotation(annotation)
            case ast.FunctionDef(returns=ast.expr() as annotation):
                self._allow_annotation(annotation)

    def check_type(self, call: ast.Call) -> None:
        """Reject type(x) where its result could be called or kept."""
        if id(call) not in self._allowed:
            reject(
                call,
                "call-not-allowed",
                "type(x) is accepted in a comparison, an f-string, print, and type(x).__name__",
            )

    def check_member(self, node: ast.Attribute) -> None:
        """Reject a class of NAMED_ONLY where it could be called or kept."""
        chain = attributes.resolve(self._bindings, node)
        if chain and not chain.rest and chain.member in modules.NAMED_ONLY and id(node) not in self._allowed:
            advice = "make arrays with np.array or np.zeros, test them with isinstance"
            reject(node, "call-not-allowed", f"{chain.member} is accepted in tests and annotations: {advice}")

    def _allow(self, node: ast.expr) -> None:
        stack = [node]
        while stack:
            part = stack.pop()
            self._allowed.add(id(part))
            match part:
                case ast.Tuple(elts=items):
                    stack.extend(items)
                case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                    stack.extend((left, right))

    def _allow_annotation(self, annotation: ast.expr) -> None:
        parts: list[ast.AST] = [annotation]
        for part in parts:
            if not isinstance(part, _ANNOTATION):
                return
            parts.extend(children(part))
        self._allowed.update(id(part) for part in parts)
