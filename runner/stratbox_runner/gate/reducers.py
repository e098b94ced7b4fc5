"""Which strings and functions may agg, apply, transform and their relatives be given?

pandas looks a string up as an attribute of the table, so a string here is an attribute access that no syntax shows. Each
argument must therefore be readable in place: a listed word, a function, or a display of those.
"""

import ast
from typing import Final

from stratbox_runner.gate import names
from stratbox_runner.gate.attributes import STORABLE, resolve
from stratbox_runner.gate.bindings import Bindings
from stratbox_runner.gate.rules import reject
from stratbox_runner.gate.vocabulary import REDUCERS

METHODS: Final = frozenset({"agg", "aggregate", "apply", "transform", "filter", "pivot_table", "pct_change"})
MEMBERS: Final = frozenset({"pandas.pivot_table", "pandas.crosstab", "pandas.NamedAgg"})

# Parameters that are looked up as attributes, by method; the first of agg, apply, transform and filter is `func`.
_LOOKED_UP: Final = frozenset({"func", "aggfunc"})
_FILL_METHODS: Final = frozenset({"ffill", "bfill", "pad", "backfill"})
# How many positional arguments come before aggfunc.
_BEFORE_AGGFUNC: Final = {"pivot_table": 3, "pandas.pivot_table": 4, "pandas.crosstab": 3, "pandas.NamedAgg": 1}


def check(bindings: Bindings, call: ast.Call, method: str) -> None:
    """Judge the arguments of a call of one of METHODS or MEMBERS."""
    for argument in call.args:
        if isinstance(argument, ast.Starred):
            reject(argument, "string-dispatch", f"{method} cannot be called with *: write its arguments out")
    for keyword in call.keywords:
        if keyword.arg is None:
            reject(keyword.value, "string-dispatch", f"{method} cannot be called with **: write its arguments out")
    # Also when it is handed on, as in transform('pct_change', fill_method=...).
    _check_fill([keyword.value for keyword in call.keywords if keyword.arg == "fill_method"])
    if method in _BEFORE_AGGFUNC:
        _check_tables(bindings, call, method)
    elif method == "pct_change":
        _check_fill(call.args[1:])
    else:
        _check_function(bindings, call, method)


def _check_function(bindings: Bindings, call: ast.Call, method: str) -> None:
    for argument in call.args[:1]:
        if not (method == "filter" and isinstance(argument, ast.List | ast.Tuple | ast.ListComp)):
            _check_value(bindings, argument, method)
    for argument in call.args[1:]:
        # Called through the class, the second argument is the function.
        if not isinstance(argument, ast.Constant) or isinstance(argument.value, str | bytes):
            reject(argument, "string-dispatch", f"give this argument of {method} by its name, e.g. axis=1")
    for keyword in call.keywords:
        if keyword.arg in _LOOKED_UP:
            _check_value(bindings, keyword.value, method)
        elif method in ("agg", "aggregate") and keyword.arg not in ("axis", "engine", "engine_kwargs"):
            _check_named(bindings, keyword.value, method)


def _check_named(bindings: Bindings, value: ast.expr, method: str) -> None:
    """Judge one named aggregation: name=('column', function), name=pd.NamedAgg(...), or name=function."""
    match value:
        case ast.Tuple(elts=[_, function]):
            _check_value(bindings, function, method)
        case ast.Call(func=function):
            chain = resolve(bindings, function)
            if chain is None or chain.member not in ("pandas.NamedAgg", "functools.partial"):
                reject(value, "string-dispatch", f"write the aggregation in place: {method}(name=('column', 'mean'))")
        case _:
            _check_value(bindings, value, method)


def _check_tables(bindings: Bindings, call: ast.Call, method: str) -> None:
    allowed = _BEFORE_AGGFUNC[method]
    if method == "pandas.NamedAgg":
        for argument in call.args[1:]:
            _check_value(bindings, argument, method)
    elif len(call.args) > allowed:
        reject(
            call.args[allowed], "string-dispatch", f"give this argument of {method} by its name, e.g. aggfunc='mean'"
        )
    for keyword in call.keywords:
        if keyword.arg in _LOOKED_UP:
            _check_value(bindings, keyword.value, method)


def _check_fill(fills: list[ast.expr]) -> None:
    for fill in fills:
        match fill:
            case ast.Constant(value=str(word)) if word not in _FILL_METHODS:
                reject(fill, "string-dispatch", "fill_method is 'ffill', 'bfill' or None")
            case ast.Constant():
                pass
            case _:
                reject(fill, "string-dispatch", "write fill_method in place: 'ffill', 'bfill' or None")


def _check_value(bindings: Bindings, value: ast.expr, method: str) -> None:
    """Reject anything that could turn out to be a string other than a listed reducer."""
    stack = [value]
    while stack:
        node = stack.pop()
        match node:
            case ast.Constant(value=str(word)):
                if word not in REDUCERS:
                    reject(
                        node,
                        "string-dispatch",
                        f"'{word}' is not a reducer {method} accepts: use e.g. 'mean' or a lambda",
                    )
            case ast.Constant(value=bytes()):
                reject(node, "string-dispatch", f"{method} takes a reducer such as 'mean', or a function")
            case ast.Constant() | ast.Lambda():
                pass
            case ast.List(elts=items) | ast.Tuple(elts=items):
                stack.extend(items)
            case ast.Dict(keys=keys, values=items) if None not in keys:
                stack.extend(items)
            case ast.IfExp(body=body, orelse=orelse):
                stack.extend((body, orelse))
            case ast.Name(id=name) if _is_function(bindings, name):
                pass
            case ast.Name(id=name) if name in bindings.reducers:
                pass
            case ast.Name(id=name) if node is value and (held := _held_values(bindings, name)):
                # Judged once: a long list may be used in many places.
                bindings.reducers.add(name)
                stack.extend(held)
            case ast.Attribute() | ast.Call() if _is_library_function(bindings, node):
                pass
            case _:
                reject(
                    node,
                    "string-dispatch",
                    f"{method} must show what it is given: write 'mean', a lambda, or the name of a function of this file",
                )


def _is_function(bindings: Bindings, name: str) -> bool:
    if bindings.is_only_function(name) or bindings.is_only_member(name):
        return True
    if not bindings.is_known(name):
        return name in names.PLAIN_BUILTINS
    return False


def _held_values(bindings: Bindings, name: str) -> list[ast.expr]:
    """Return what a variable can hold if every assignment of it is a display; nothing if any is not.

    A list or dict could be changed between its assignment and here, so such a variable may not be used for anything else.
    """
    if name in bindings.functions or name in bindings.members or name in bindings.modules or name in names.SCOPE:
        return []
    held = bindings.values.get(name, [])
    values = [value for value in held if value is not None]
    if len(values) != len(held):
        return []
    parts = (part for value in values for part in ast.walk(value))
    if bindings.loads[name] > 1 and any(isinstance(part, ast.List | ast.Dict) for part in parts):
        return []
    return values


def _is_library_function(bindings: Bindings, node: ast.Attribute | ast.Call) -> bool:
    """Report whether the expression is a function of a listed module, a method of a class there, or a partial()."""
    if isinstance(node, ast.Call):
        chain = resolve(bindings, node.func)
        return chain is not None and chain.member == "functools.partial"
    chain = resolve(bindings, node)
    if chain is None or len(chain.rest) > 1:
        return False
    # Assignable attributes could have been made strings on the class itself.
    return not (chain.rest and chain.rest[0] in STORABLE)
