"""Keeps what honest strategies do in passing from opening files.

Tracebacks and warnings show source lines, which Python looks for in files. After the seal each look would be a denied
call of an honest strategy, so source lines come from memory: the strategy's own, and nobody else's. The names of days in
other languages are in files as well: there are English ones only.
"""

import contextlib
import linecache
import sys
import threading
import traceback
import types
import warnings
from collections.abc import Iterator
from typing import Any

from pandas._libs.tslibs import fields as _fields


def install() -> None:
    """Call it before the seal."""
    linecache.clearcache()
    linecache.checkcache = _nothing_changed
    linecache.updatecache = _no_lines
    linecache.lazycache = _not_lazy
    # The hooks written in C open source files by themselves.
    sys.excepthook = _show
    sys.unraisablehook = _show_unraisable
    threading.excepthook = _show_in_thread
    warnings.simplefilter("default", FutureWarning)
    pandas_names: Any = _fields
    pandas_names.set_locale = _english


def know_source(name: str, text: str) -> None:
    """Give tracebacks the lines of the strategy."""
    # Without a time of modification the entry is never compared with a file.
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)


def show(error: BaseException, name: str) -> None:
    """Print the traceback of a strategy, from its own first line on."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != name:
        trace = trace.tb_next
    traceback.print_exception(type(error), error, trace or error.__traceback__)


def _nothing_changed(filename: str | None = None) -> None:
    del filename


def _no_lines(filename: str, module_globals: dict[str, Any] | None = None) -> list[str]:
    del filename, module_globals
    return []


def _not_lazy(filename: str, module_globals: dict[str, Any]) -> bool:
    del filename, module_globals
    return False


def _show(kind: type[BaseException], error: BaseException, trace: types.TracebackType | None) -> None:
    traceback.print_exception(kind, error, trace)


def _show_unraisable(unraisable: Any) -> None:
    print(f"ignored {unraisable.exc_type.__name__}: {unraisable.exc_value}", file=sys.stderr)


def _show_in_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None and arguments.exc_type is not SystemExit:
        traceback.print_exception(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)


@contextlib.contextmanager
def _english(locale: object, *_categories: object) -> Iterator[None]:
    if not str(locale).startswith(("en", "C", "POSIX")):
        raise ValueError(f"there are no names in the language of {str(locale)[:40]!r}: leave locale out")
    yield
