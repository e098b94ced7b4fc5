"""The second lines: what restricted builtins serve, and what pandas looks up, if the gate had let something through."""

import builtins
import importlib
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stratbox_runner import gate
from stratbox_runner.gate import dispatch


def run(source: str) -> dict[str, Any]:
    """Execute code that the gate has not seen under the builtins of a strategy."""
    scope: dict[str, Any] = {"__builtins__": gate.restricted_builtins(), "pd": pd}
    exec(source, scope)
    return scope


REFUSED: dict[str, tuple[str, type[Exception]]] = {
    "a module that is not listed": ("import os", ImportError),
    "a listed module that nobody has loaded": ("import numpy.polynomial.nothing", ImportError),
    "a member that is not listed": ("from random import _os", ImportError),
    "a submodule that is not listed": ("from pandas import io", ImportError),
    "a star, which would take everything": ("from math import *", ImportError),
    "a relative import": ("from . import gate", ImportError),
    "open": ("open('/etc/passwd')", NameError),
    "eval": ("eval('1')", NameError),
    "exec": ("exec('1')", NameError),
    "setattr": ("setattr(pd, 'x', 1)", NameError),
    "a class": ("class A: pass", NameError),
    "type with three arguments": ("type('A', (), {})", TypeError),
    "the type of a class, which makes classes": ("type(int)", TypeError),
    "the type of an abstract class": ("import numbers\ntype(numbers.Number)", TypeError),
    "getattr of a private name": ("getattr((), '__class__')", AttributeError),
    "getattr of a private name with a default": ("getattr((), '__class__', None)", AttributeError),
    "getattr of a module's other members": ("getattr(pd, 'read_csv')", AttributeError),
}


@pytest.mark.parametrize(("source", "error"), REFUSED.values(), ids=REFUSED.keys())
def test_restricted_builtins_refuse(source: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        run(source)


def test_restricted_builtins_serve_what_the_gate_accepts() -> None:
    importlib.import_module("numpy.linalg")
    importlib.import_module("pandas.tseries.offsets")
    scope = run(
        "import math, numpy as np, numpy.linalg\n"
        "import numpy.linalg as la\n"
        "from pandas import offsets\n"
        "from pandas.tseries.offsets import BDay\n"
        "from math import pi as p\n"
        "from datetime import datetime\n"
        "read = getattr(pd, 'DataFrame'), getattr([], 'nothing_here_but_listed', None) if False else 1\n"
        "default = getattr(1, 'columns', 'none')\n"
        "known, unknown = hasattr([], 'append'), hasattr([], '__class__')\n"
        "kind = type(1)\n"
        "year = datetime.strptime('2024', '%Y').year\n"
        "here, there = 'p' in locals(), 'nothing' in globals()\n"
    )
    assert scope["p"] == 3.141592653589793
    assert scope["la"] is scope["np"].linalg
    assert scope["read"] == (pd.DataFrame, 1)
    assert scope["default"] == "none"
    assert (scope["known"], scope["unknown"]) == (True, False)
    assert scope["kind"] is int
    assert scope["year"] == 2024
    assert (scope["here"], scope["there"]) == (True, False)


def test_each_strategy_has_builtins_of_its_own() -> None:
    first = gate.restricted_builtins()
    first["sum"] = None
    assert gate.restricted_builtins()["sum"] is builtins.sum
    assert builtins.sum is not None


# As strategies do, without the types that would object.
frame: Any = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [3.0, 4.0, 6.0]})
groups: Any = frame.groupby([0, 0, 1])

SNEAKED: dict[str, Callable[[str], object]] = {
    "frame agg": lambda word: frame.agg(word),
    "frame apply": lambda word: frame.apply(word),
    "frame transform": lambda word: frame.transform(word),
    "frame agg of a list": lambda word: frame.agg(["mean", word]),
    "frame agg of a dict": lambda word: frame.agg({"a": word}),
    "frame agg along rows": lambda word: frame.agg(word, axis=1),
    "series agg": lambda word: frame["a"].agg(word),
    "series apply": lambda word: frame["a"].apply(word),
    "group agg": lambda word: groups.agg(word),
    "group apply": lambda word: groups.apply(word),
    "group agg by name": lambda word: groups.agg(x=("a", word)),
    "series group agg": lambda word: groups["a"].agg(word),
    "series group filter": lambda word: groups["a"].filter(word),
    "group fill method": lambda word: groups.pct_change(fill_method=word),
    "rolling agg": lambda word: frame.rolling(2).agg(word),
    "expanding agg": lambda word: frame.expanding().agg(word),
    "pivot table": lambda word: frame.pivot_table(values="a", index="b", aggfunc=word),
    "class called with a function": lambda word: pd.DataFrame.agg(lambda: 0, word),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("call", SNEAKED.values(), ids=SNEAKED.keys())
@pytest.mark.filterwarnings("ignore:The 'fill_method' keyword")
@pytest.mark.parametrize("word", ["to_pickle", "__class__", "to_string", "_mgr", "__getattribute__"])
def test_pandas_looks_no_other_word_up(call: Callable[[str], object], word: str) -> None:
    dispatch.install()
    with pytest.raises((AttributeError, TypeError, ValueError)):
        call(word)


def test_a_private_label_is_no_attribute() -> None:
    dispatch.install()
    victim = np.arange(3)
    interface = {"data": (victim.ctypes.data, False), "shape": (3,), "typestr": "<i8", "version": 3}
    forged: Any = pd.Series({"__array_interface__": interface, "_mgr2": 1, "plain": 2})
    assert np.asarray(forged).tolist() == [interface, 1, 2]
    assert forged.plain == 2
    for holder in (forged, forged.to_frame().T, forged.to_frame().T.groupby("plain"), forged.to_frame().T.rolling(1)):
        assert not hasattr(holder, "__array_interface__")
        assert not hasattr(holder, "_mgr2")


def test_the_listed_reducers_still_work_everywhere() -> None:
    dispatch.install()
    assert frame.agg("mean").to_list() == [2.0, 13 / 3]
    assert groups.agg(["min", "max"]).shape == (2, 4)
    assert groups.transform("cumsum").shape == frame.shape
    assert frame.rolling(2).agg("sum")["a"].to_list()[1:] == [3.0, 5.0]
    dated = frame.set_index(pd.date_range("2024-01-01", periods=3))
    assert dated.resample("2D").agg({"a": "sum", "b": "last"})["a"].to_list() == [3.0, 3.0]
    assert frame.pivot_table(values="a", index="b", aggfunc="mean", margins=True).shape == (4, 1)


def test_the_gate_needs_the_standard_library_alone() -> None:
    code = (
        "import sys\n"
        "from stratbox_runner import gate\n"
        "gate.check(b'position = data.get(1).agg(sum)')\n"
        "print(sorted({'numpy', 'pandas'} & sys.modules.keys()))\n"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "[]"


# Load the number of the call; end the process if it opens a file; allow the rest.
_KILL_ON_OPEN = """
import ctypes, platform, struct
OPENS = {"x86_64": (2, 257, 437), "aarch64": (56, 437)}[platform.machine()]
program = struct.pack("HBBI", 0x20, 0, 0, 0)
for position, number in enumerate(OPENS):
    program += struct.pack("HBBI", 0x15, len(OPENS) - position, 0, number)
program += struct.pack("HBBI", 0x06, 0, 0, 0x7FFF0000) + struct.pack("HBBI", 0x06, 0, 0, 0x80000000)
buffer = ctypes.create_string_buffer(program)
filter = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer)))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, ctypes.byref(filter), 0, 0) == 0, ctypes.get_errno()
"""

_SOURCES = (
    b"position = 1 is 1",
    b"position = '\\d'",
    b"import os",
    b"x = (",
    b"def strategy(data)\n    return data",
    b"position = 1\nreturn position",
    b"def f(a, a): pass\nposition = 1",
    b"nonlocal position",
    b"\xff",
    b"-" * 9999 + b"1",
    b"x = 'unfinished",
)


def test_the_gate_opens_nothing_once_it_is_loaded() -> None:
    code = f"""
from stratbox_runner import gate
{_KILL_ON_OPEN}
for source in {_SOURCES!r}:
    try:
        gate.check(source)
    except gate.Rejected as rejected:
        str(rejected)
print("lives")
"""
    judged = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (judged.returncode, judged.stdout, judged.stderr) == (0, "lives\n", "")


def test_the_proof_above_would_notice() -> None:
    code = f"{_KILL_ON_OPEN}\ntry:\n    compile('x = (', '<strategy>', 'exec')\nexcept SyntaxError:\n    print('lives')"
    judged = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert judged.returncode == -signal.SIGSYS
