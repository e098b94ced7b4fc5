"""Does the file give the runner something to run? A function `strategy(data)`, or a result left at the top level."""

import ast

from stratbox_runner.gate import names
from stratbox_runner.gate.bindings import Bindings
from stratbox_runner.gate.rules import reject


def check(bindings: Bindings, tree: ast.Module) -> None:
    """Reject a file without an entry point, or whose strategy cannot be called with one argument."""
    definitions = [node for node in bindings.functions.get("strategy", []) if "strategy" in bindings.top_level]
    for node in definitions:
        if not _takes_one(node.args):
            reject(node, "no-entry-point", "strategy is called with one argument: write def strategy(data)")
    if not definitions and not bindings.top_level & (names.RESULTS | {"strategy"}):
        reject(
            tree,
            "no-entry-point",
            "write def strategy(data) that returns a position table, or leave `position` at the end of the script",
        )


def _takes_one(arguments: ast.arguments) -> bool:
    positional = len(arguments.posonlyargs) + len(arguments.args)
    required = positional - len(arguments.defaults)
    keyword_only = sum(default is None for default in arguments.kw_defaults)
    return required <= 1 and keyword_only == 0 and (positional >= 1 or arguments.vararg is not None)
