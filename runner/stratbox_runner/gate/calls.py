"""Is this call one of those that are accepted only in a certain form?"""

import ast
import string
from typing import Final

from stratbox_runner.gate import attributes, modules, names, reducers
from stratbox_runner.gate.bindings import MAX_KEYWORDS, Bindings
from stratbox_runner.gate.rules import reject

# Methods that write to a file when told to: the keywords with which they do not.
PRINTING: Final = {
    "info": frozenset({"verbose", "max_cols", "memory_usage", "show_counts"}),
    "to_string": frozenset(
        "columns col_space header index na_rep formatters float_format sparsify index_names justify max_rows max_cols"
        " show_dimensions decimal line_width min_rows max_colwidth length dtype name".split()
    ),
}

# Attributes that exist only as the function of a call.
CALLED_ONLY: Final = reducers.METHODS | PRINTING.keys()
MEMBERS_CALLED_ONLY: Final = modules.CALLED_ONLY

# Settings that change how tables look and warn; others load modules by name or switch engines.
_OPTIONS: Final = ("display.", "mode.", "future.")

_FORMATTER: Final = string.Formatter()


def check(bindings: Bindings, call: ast.Call) -> None:
    """Judge the form of one call. The names and attributes in it are judged on their own."""
    if len(call.keywords) > MAX_KEYWORDS:
        reject(call, "too-large", f"a call has at most {MAX_KEYWORDS} keywords: pass a dict")
    for keyword in call.keywords:
        if keyword.arg is not None and keyword.arg.startswith("__"):
            reject(keyword, "name-not-allowed", f"{keyword.arg}: names with two underscores belong to the interpreter")
    function = call.func
    if isinstance(function, ast.Name):
        if function.id in names.CALL_ONLY_BUILTINS:
            _check_builtin(bindings, call, function.id)
        elif names.is_denied_builtin(function.id) and not bindings.is_only_function(function.id):
            # A price table may well be called open, but nobody calls it.
            reject(function, "name-not-allowed", f"{function.id} is not for strategies: {names.hint(function.id)}")
    chain = attributes.resolve(bindings, function)
    if chain is not None and not chain.rest:
        _check_member(bindings, call, chain.member)
    elif isinstance(function, ast.Attribute):
        if function.attr in reducers.METHODS:
            reducers.check(bindings, call, function.attr)
        elif function.attr in PRINTING:
            _check_printing(call, function.attr)


def check_format(literal: ast.Constant) -> None:
    """Reject a literal whose format fields walk into their arguments, as in '{0.attribute}' or '{0[key]}'."""
    pending = [str(literal.value)]
    while pending:
        try:
            fields = list(_FORMATTER.parse(pending.pop()))
        except ValueError as error:
            reject(literal, "format-string", f"this format string is malformed: {error}")
        for _, field, spec, _ in fields:
            if field and ("." in field or "[" in field):
                reject(literal, "format-string", "a format field may not contain '.' or '[': use an f-string")
            if spec:
                pending.append(spec)


def check_not_value(bindings: Bindings, node: ast.Attribute) -> None:
    """Reject a function that is only accepted as a direct call, when it is used as a value."""
    parts, _ = attributes.split(node)
    chain = attributes.resolve(bindings, node)
    if chain is not None and not chain.rest and chain.member in MEMBERS_CALLED_ONLY:
        reject(node, "call-not-allowed", f"{chain.member} is used only by calling it in place: {chain.member}(...)")
    for part in parts:
        if part.attr in CALLED_ONLY and (chain is None or chain.rest):
            reject(
                part, "call-not-allowed", f".{part.attr} is used only by calling it in place: table.{part.attr}(...)"
            )


def _check_member(bindings: Bindings, call: ast.Call, member: str) -> None:
    if member in reducers.MEMBERS:
        reducers.check(bindings, call, member)
    elif member in ("pandas.set_option", "pandas.option_context"):
        _check_options(call, member)


def _check_options(call: ast.Call, member: str) -> None:
    """Options come in pairs of name and value; the name decides."""
    if call.keywords or len(call.args) % 2:
        reject(call.func, "call-not-allowed", f"{member} takes pairs of a name and a value, without keywords")
    for name in call.args[::2]:
        if not (isinstance(name, ast.Constant) and isinstance(name.value, str) and name.value.startswith(_OPTIONS)):
            reject(
                name, "call-not-allowed", f"{member} changes display., mode. and future. settings only, by full name"
            )
    for argument in call.args:
        if isinstance(argument, ast.Starred):
            reject(argument, "call-not-allowed", f"{member} cannot be called with *")


def _check_printing(call: ast.Call, method: str) -> None:
    allowed = PRINTING[method]
    if call.args or any(keyword.arg not in allowed for keyword in call.keywords):
        reject(call.func, "call-not-allowed", f"{method} is accepted without a target: print its result instead")


def _check_builtin(bindings: Bindings, call: ast.Call, name: str) -> None:
    plain = not call.keywords and not any(isinstance(argument, ast.Starred) for argument in call.args)
    match name:
        case "type":
            if not plain or len(call.args) != 1:
                reject(call, "call-not-allowed", "type is accepted with one argument: classes cannot be made")
        case "getattr" | "hasattr":
            most = 3 if name == "getattr" else 2
            if not plain or not 2 <= len(call.args) <= most:
                reject(call, "call-not-allowed", f"{name} takes an object and a name written as a string")
            _check_named_attribute(bindings, call.args[0], call.args[1], name)
        case _:
            if not plain or call.args:
                reject(call, "call-not-allowed", f"{name} is accepted only as in: 'position' in {name}()")


def _check_named_attribute(bindings: Bindings, owner: ast.expr, attribute: ast.expr, function: str) -> None:
    if not (isinstance(attribute, ast.Constant) and isinstance(attribute.value, str)):
        reject(attribute, "attribute-not-allowed", f"{function} needs the name of the attribute written as a string")
    word = attribute.value
    if isinstance(owner, ast.Name) and owner.id in bindings.modules:
        attributes.check_member(attribute, bindings.modules[owner.id], word)
        called_only = f"{bindings.modules[owner.id]}.{word}" in MEMBERS_CALLED_ONLY | modules.NAMED_ONLY
    else:
        attributes.check_name(attribute, word)
        called_only = word in CALLED_ONLY
    if called_only and function == "getattr":
        reject(attribute, "call-not-allowed", f"{word} cannot be fetched by getattr: write it where it is used")
