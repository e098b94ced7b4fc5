"""Which names does a strategy find without defining them?"""

import builtins
from typing import Final

from stratbox_runner.gate import advice

# Given to every strategy by the runner.
SCOPE: Final = frozenset("data sim pd np start_date end_date fee_ratio tax_ratio params".split())

# Names that hold a module from the beginning.
SCOPE_MODULES: Final = {"pd": "pandas", "np": "numpy"}

# What a script may leave for the runner.
RESULTS: Final = frozenset({"position", "report"})

# Builtins that are ordinary values.
PLAIN_BUILTINS: Final = frozenset(
    "abs all any ascii bin bool bytes callable chr complex dict divmod enumerate filter float format frozenset hash hex"
    " id int isinstance issubclass iter len list map max min next object oct ord pow print range repr reversed round set"
    " slice sorted str sum tuple zip"
    " ArithmeticError AssertionError AttributeError BaseException DeprecationWarning Exception FloatingPointError"
    " FutureWarning ImportError IndexError KeyError LookupError MemoryError ModuleNotFoundError NameError"
    " NotImplemented NotImplementedError OSError OverflowError PendingDeprecationWarning RecursionError"
    " RuntimeError RuntimeWarning StopIteration TimeoutError TypeError UserWarning ValueError Warning"
    " ZeroDivisionError Ellipsis"
    # never raised here, but caught by cautious code
    " BufferError BytesWarning ConnectionError EOFError EnvironmentError FileExistsError FileNotFoundError IOError"
    " ImportWarning PermissionError ResourceWarning SyntaxError SyntaxWarning UnicodeDecodeError UnicodeEncodeError"
    " UnicodeError UnicodeWarning".split()
)

# Builtins that are accepted only as a direct call of a certain form (see calls.py).
CALL_ONLY_BUILTINS: Final = frozenset({"getattr", "hasattr", "type", "locals", "globals"})

KNOWN: Final = SCOPE | PLAIN_BUILTINS | CALL_ONLY_BUILTINS | {"__name__"}

HINTS: Final = {
    "open": "files are out of reach; all data comes from data.get(...)",
    "eval": "write the expression itself",
    "exec": "write the code itself",
    "compile": "write the code itself",
    "input": "nobody can answer; read params instead",
    "__import__": "use an import statement",
    "setattr": "keep the value in a variable or a dict",
    "delattr": "keep the value in a variable or a dict",
    "dir": "name the members you need",
    "vars": "name the values you need",
    "bytearray": "use a list or a numpy array",
    "aiter": "async code is not accepted: use iter",
    "anext": "async code is not accepted: use next",
    "ExceptionGroup": "raise one exception",
    "BaseExceptionGroup": "raise one exception",
    "GeneratorExit": "use Exception",
    "exit": "let the code end, or return",
    "quit": "let the code end, or return",
    "breakpoint": "remove it",
    "help": "remove it",
    "memoryview": "use a numpy array",
    "super": "use functions instead of classes",
    "property": "use functions instead of classes",
    "staticmethod": "use functions instead of classes",
    "classmethod": "use functions instead of classes",
    "SystemExit": "let the code end, or return",
    "KeyboardInterrupt": "use Exception",
}


def is_denied_builtin(name: str) -> bool:
    """Report whether a name is one of Python's builtins that strategies do not have."""
    return hasattr(builtins, name) and name not in KNOWN


def hint(name: str) -> str:
    """Return what to do without a name that is neither defined nor listed."""
    if name in HINTS:
        return HINTS[name]
    if name.startswith("__"):
        return "names with two leading underscores belong to the interpreter"
    return advice.for_name(name) if not hasattr(builtins, name) else "this builtin is not available to strategies"
