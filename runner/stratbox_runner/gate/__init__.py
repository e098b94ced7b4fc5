"""May this code run at all? The first of the two walls: an allow-list over the syntax tree that will be compiled.

The gate reads, it never runs anything, and needs nothing but the standard library. Everything is loaded at import time:
`check` opens no file and may be called after the process is sealed. What it refuses it names by rule, place and advice.
"""

import ast
import warnings

from stratbox_runner.gate import bindings, entry, source, tree
from stratbox_runner.gate.modules import MODULES
from stratbox_runner.gate.rules import RULES, Finding, Rejected
from stratbox_runner.gate.runtime import restricted_builtins

__all__ = ["FILE_NAME", "MODULES", "RULES", "UNOPENABLE", "Rejected", "check", "restricted_builtins"]

# What tracebacks call the strategy; angle brackets keep Python from looking for such a file.
FILE_NAME = "<strategy>"

# For every parse and compilation that may fail: to show the line of a syntax error CPython opens the file of that name,
# which in a sealed process is a denied call. A lone surrogate cannot become a path, so nothing is asked for.
UNOPENABLE = FILE_NAME + "\ud800"


def check(source_bytes: bytes) -> ast.Module:
    """Return the syntax tree of an accepted strategy, the one to compile; raise Rejected for anything else."""
    text = source.decode(source_bytes)
    try:
        # A warning of the compiler would be printed with its source line, which Python looks for in a file.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = ast.parse(text, UNOPENABLE)
            bound = bindings.collect(parsed)
            findings = [*bound.findings, *tree.Walk(bound).run(parsed)]
            if findings:
                raise min(findings, key=lambda finding: finding.place)
            # Errors that only the compiler finds, such as a return outside a function, belong to the gate too.
            compile(parsed, UNOPENABLE, "exec", dont_inherit=True)
            entry.check(bound, parsed)
    except Finding as finding:
        line = source.line_at(text, finding.line)
        column = len(line.encode("utf-8")[: finding.byte_column].decode("utf-8", "ignore")) + 1
        raise Rejected(finding.rule, finding.message, finding.line, column, line) from None
    except SyntaxError as error:
        number = error.lineno or 1
        message = f"{error.msg}: correct the syntax"
        raise Rejected("syntax", message, number, error.offset or 1, source.line_at(text, number)) from None
    except (MemoryError, RecursionError):
        raise Rejected("too-deep", "the code is nested too deeply to be parsed: use intermediate variables") from None
    except (ValueError, OverflowError) as error:
        raise Rejected("syntax", f"Python cannot read this: {error}") from None
    return parsed
