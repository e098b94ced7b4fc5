"""Which rules the gate has, and how a broken one is reported.

The table is closed: every rejection names one of these ids, and the documentation is generated from the sentences.
"""

import ast
import unicodedata
from typing import Final, NoReturn

RULES: Final[dict[str, str]] = {
    "too-large": "A strategy has at most 131,072 bytes of source, and no single part of it may be extreme.",
    "encoding": "The source is UTF-8 text without NUL, lone carriage returns or invisible direction marks.",
    "syntax": "The source is valid Python for the interpreter that runs it.",
    "too-deep": "Expressions and blocks are nested at most 200 levels deep.",
    "statement-not-allowed": "Classes, async code, except* and other statements a strategy does not need are not accepted.",
    "decorator": "Only functools.cache and functools.lru_cache may decorate a function.",
    "import-not-allowed": "Only the listed modules can be imported, by their exact names and never with a star.",
    "module-as-value": "A module is used only to reach its members; it is never stored, passed on or renamed.",
    "name-not-allowed": "A name is defined in the file, one of the listed builtins, or given to every strategy.",
    "attribute-not-allowed": "Only listed attributes can be read: the everyday vocabulary of pandas, numpy and Python.",
    "attribute-store": "Only .index, .columns, .name and .names of a table can be assigned.",
    "string-dispatch": "agg, apply, transform and their relatives take listed reducer names or functions, written in place.",
    "call-not-allowed": "Some functions are accepted only in a form that cannot write files, make classes or read namespaces.",
    "format-string": "str.format is accepted on a literal whose fields have neither '.' nor '['.",
    "pattern": "match patterns compare values; class patterns are not accepted.",
    "no-entry-point": "The file defines strategy(data), or leaves `position` or `report` at its top level.",
}

_MESSAGE_LIMIT: Final = 300
_SOURCE_LINE_LIMIT: Final = 200


class Rejected(Exception):  # noqa: N818 - the word the whole system uses for it
    """A strategy the gate does not accept: which rule, where (both counted from 1), and what to write instead."""

    def __init__(self, rule: str, message: str, line: int = 1, column: int = 1, source_line: str = "") -> None:
        """Bound and escape every text, because parts of it are the strategy's own."""
        if rule not in RULES:
            raise KeyError(rule)
        self.rule = rule
        self.line = max(1, line)
        self.column = max(1, column)
        self.message = printable(message, _MESSAGE_LIMIT)
        self.source_line = printable(source_line.rstrip(), _SOURCE_LINE_LIMIT)
        super().__init__(f"{self.rule} at {self.line}:{self.column}: {self.message}")


class Finding(Exception):  # noqa: N818 - internal: becomes Rejected once the source line is known
    """A rule broken at a place in the syntax tree; positions are as `ast` gives them (column in UTF-8 bytes from 0)."""

    def __init__(self, rule: str, message: str, line: int, byte_column: int) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.line = line
        self.byte_column = byte_column

    @classmethod
    def at(cls, node: ast.AST, rule: str, message: str) -> "Finding":
        """Return a finding at a node; nodes without a position of their own report the file's beginning."""
        if isinstance(node, ast.Attribute) and node.end_lineno and node.end_col_offset:
            # The last word of the chain, not the place where the chain begins.
            column = node.end_col_offset - len(node.attr.encode("utf-8"))
            return cls(rule, message, node.end_lineno, max(0, column))
        return cls(rule, message, getattr(node, "lineno", 1), getattr(node, "col_offset", 0))

    @property
    def place(self) -> tuple[int, int]:
        """Where the finding is in the source, for comparison."""
        return self.line, self.byte_column


def reject(node: ast.AST, rule: str, message: str) -> NoReturn:
    """Raise the finding at a node."""
    raise Finding.at(node, rule, message)


def printable(text: str, limit: int) -> str:
    """Return text of at most `limit` characters in which control characters, surrogates and direction marks are escaped."""
    clipped = text[: limit + 1]
    shown = "".join(c if c.isprintable() and unicodedata.category(c) != "Cf" else _escape(c) for c in clipped)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def _escape(character: str) -> str:
    return " " if character == "\t" else character.encode("unicode_escape").decode("ascii")
