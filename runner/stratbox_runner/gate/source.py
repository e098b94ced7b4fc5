"""Is a file's text one that every reader sees alike? Turns bytes into the text that is parsed, or rejects them.

The parser gets `str`, never bytes: with bytes CPython would obey an encoding cookie, and another reader of the same file
(a person, a reviewer's editor) would see other code than the one that runs.
"""

import codecs
import re
from typing import Final

from stratbox_runner.gate.rules import Rejected

MAX_SOURCE_BYTES: Final = 131_072

_COOKIE = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
# Marks that make an editor show the characters of a line in another order than Python reads them.
_DIRECTION_MARK = re.compile("[\u202a-\u202e\u2066-\u2069]")
_LONE_CARRIAGE_RETURN = re.compile(r"\r(?!\n)")


def decode(source: bytes) -> str:
    """Return the source as text with \\n line ends and without a byte order mark."""
    if len(source) > MAX_SOURCE_BYTES:
        raise Rejected(
            "too-large", f"the file has {len(source)} bytes; a strategy has at most {MAX_SOURCE_BYTES}: shorten it"
        )
    try:
        text = source.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise Rejected("encoding", "this is not UTF-8 text: save the file as UTF-8", line) from None
    _refuse_match(text, re.search("\0", text), "a NUL character is not Python: remove it")
    _refuse_match(
        text, _LONE_CARRIAGE_RETURN.search(text), "a carriage return without a line feed hides code: use \\n line ends"
    )
    _refuse_match(text, _DIRECTION_MARK.search(text), "an invisible mark that reorders text hides code: remove it")
    text = text.replace("\r\n", "\n")
    for number, first_line in enumerate(text.split("\n", 2)[:2], start=1):
        cookie = _COOKIE.match(first_line)
        if cookie and cookie[1].lower().replace("_", "-") not in ("utf-8", "utf8"):
            raise Rejected("encoding", f"the file claims to be {cookie[1]}: save it as UTF-8", number, 1, first_line)
    return text


def line_at(text: str, number: int) -> str:
    """Return a line of the source by its number, as the parser counts them."""
    lines = text.split("\n")
    return lines[number - 1] if 0 < number <= len(lines) else ""


def _refuse_match(text: str, match: re.Match[str] | None, message: str) -> None:
    if match is None:
        return
    before = text[: match.start()]
    column = match.start() - (before.rfind("\n") + 1) + 1
    line = before.count("\n") + 1
    raise Rejected("encoding", message, line, column, line_at(text, line))
