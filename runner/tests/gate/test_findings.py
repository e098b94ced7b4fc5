"""What a rejection says, and the fine borders between what is accepted and what is not."""

import pytest

from stratbox_runner import gate

FINDINGS = {
    "an import points at the module's name": (
        "import os\nposition = 1",
        ("import-not-allowed", 1, 8, "os is not available: files and processes are out of reach"),
    ),
    "an attribute points at its own word, not at the chain's beginning": (
        "position = data.get('x').to_csv('y')",
        ("attribute-not-allowed", 1, 26, ".to_csv is not available to strategies: files are out of reach"),
    ),
    "columns count characters, not bytes": (
        "收盤價 = open",
        ("name-not-allowed", 1, 7, "open is not defined for strategies: files are out of reach"),
    ),
    "a call over several lines reports the line of the word": (
        "position = (data.get('x')\n    .rolling(5)\n    .to_parquet('y'))",
        ("attribute-not-allowed", 3, 6, ".to_parquet is not available"),
    ),
    "an unknown module is told what kind there is": (
        "import nothing_known\nposition = 1",
        ("import-not-allowed", 1, 8, "strategies have pandas, numpy and modules that calculate"),
    ),
    "a module of the network": (
        "import socket\nposition = 1",
        ("import-not-allowed", 1, 8, "socket is not available: there is no network; all data comes from data.get(...)"),
    ),
    "a part of a listed module": (
        "import pandas.io.common\nposition = 1",
        ("import-not-allowed", 1, 8, "this part of pandas is not for strategies"),
    ),
    "a member that has a plain replacement": (
        "from operator import attrgetter\nposition = 1",
        ("import-not-allowed", 1, 22, "attrgetter of operator is not available to strategies: use lambda x: x.name"),
    ),
    "a member numpy has moved": (
        "position = np.RankWarning",
        ("attribute-not-allowed", 1, 15, "write np.exceptions.RankWarning"),
    ),
    "raw strides have a safe replacement": (
        "position = np.lib.stride_tricks.as_strided([1], (9,), (8,))",
        ("attribute-not-allowed", 1, 33, "use np.lib.stride_tricks.sliding_window_view"),
    ),
    "a method in a chain over several lines reports its own line": (
        "position = 1\n(data.get('x')\n    .tail()\n    .to_string('file'))",
        ("call-not-allowed", 4, 6, "to_string is accepted without a target"),
    ),
    "FinLab's import is not needed": (
        "from finlab import data\nposition = 1",
        ("import-not-allowed", 1, 1, "data and sim are already there: delete this import"),
    ),
    "TA-Lib is replaced by indicators": (
        "import talib\nposition = 1",
        ("import-not-allowed", 1, 8, "use data.indicator('RSI', timeperiod=14)"),
    ),
    "a name numpy has dropped": (
        "position = np.NaN",
        ("attribute-not-allowed", 1, 15, "write np.nan"),
    ),
    "an undefined name is named before its attributes": (
        "position = os.path.join('a')",
        ("name-not-allowed", 1, 12, "os is not defined for strategies: files and processes are out of reach"),
    ),
    "a syntax error has Python's own place": (
        "def strategy(data)\n    return data",
        ("syntax", 1, 19, "expected ':'"),
    ),
    "a misspelled reducer": (
        "position = data.get('x').agg('maen')",
        ("string-dispatch", 1, 30, "'maen' is not a reducer agg accepts: use e.g. 'mean' or a lambda"),
    ),
    "two findings: the first in the file is reported": (
        "position = exec\nx = eval",
        ("name-not-allowed", 1, 12, "exec is not defined"),
    ),
}

# Every pair of findings, each at a place of its own: the first in the source is reported, whatever kind it is.
FIRST = {
    "three imports": ("import ctypes\nimport os\nimport socket\nposition = 1", 1, 8),
    "two names of one import": ("from math import nothing, nobody\nposition = 1", 1, 18),
    "an import after a name": ("x = open\nimport os\nposition = 1", 1, 5),
    "a name after an import": ("import os\nx = open\nposition = 1", 1, 8),
    "an import that is used before, in a function": (
        "def f():\n    return requests.get('x')\nimport requests\nposition = 1",
        3,
        8,
    ),
    "an import inside a function, before a shadowed module": (
        "def f():\n    import os\nnp = 1\nposition = 1",
        2,
        12,
    ),
    "two shadowed modules, the alphabet the other way round": ("pd = 1\nnp = 1\nposition = 1", 1, 1),
    "a parameter's default before its annotation's neighbour": (
        "def f(a: eval = open, *b, c=exec): return a\nposition = 1",
        1,
        10,
    ),
    "a decorator before the function's body": ("@open\ndef f():\n    eval('1')\nposition = 1", 1, 2),
    "the body of a conditional expression before its test": ("position = eval if open else exec", 1, 12),
    "the first value of a dict before its second key": ("position = {1: eval, open: 2}", 1, 16),
    "a keyword before a star argument": ("position = print(sep=eval, *open)", 1, 22),
    "an argument before a string that is dispatched": (
        "position = data.get(eval).rolling(open).agg('to_csv')",
        1,
        21,
    ),
    "the beginning of a chain before its end": ("position = os.x.__class__", 1, 12),
    "an attribute before the attribute behind it": ("position = data.ctypes.__class__", 1, 17),
    "a class after a call in the same line": ("eval('1'); position = 1; type X = int", 1, 1),
    "the target of an assignment before its value": ("data.get = open\nposition = 1", 1, 6),
    "an inner function before the decorator below it": (
        "def f():\n    exec('1')\n@open\ndef g(): pass\nposition = 1",
        2,
        5,
    ),
    "a finding before a missing result": ("import os", 1, 8),
}

ACCEPTED = {
    "listed reducer": "position = data.get('x').agg('mean')",
    "reducer held in a variable": "how = 'mean'\nposition = data.get('x').agg(how)",
    "reducer chosen by a condition": "how = 'mean' if params else 'max'\nposition = data.get('x').agg(how)",
    "loop over reducers": "for how in ('mean', 'std'):\n    position = data.get('x').agg(how)",
    "list of reducers used once": "hows = ['mean', 'std']\nposition = data.get('x').agg(hows)",
    "function of this file": "def f(x):\n    return x\nposition = data.get('x').apply(f, axis=1)",
    "builtin as reducer": "position = data.get('x').agg(sum)",
    "imported function as reducer": "from math import sqrt\nposition = data.get('x').apply(sqrt)",
    "numpy function as reducer": "position = data.get('x').rolling(5).apply(np.mean, raw=True)",
    "method of a class as reducer": "position = data.get('x').apply(pd.Series.rank)",
    "partial as reducer": (
        "import functools\ndef f(x, n):\n    return x\nposition = data.get('x').apply(functools.partial(f, n=1))"
    ),
    "named aggregation": "position = data.get('x').groupby(level=0).agg(a=('x', 'mean'), b=pd.NamedAgg('x', 'max'))",
    "filter by labels": "position = data.get('x').filter(items=['2330']).filter(['2330'])",
    "filter of groups by a function": "position = data.get('x').groupby(level=0).filter(lambda g: len(g) > 1)",
    "fill method written in place": "position = data.get('x').pct_change(5, fill_method=None)",
    "format on a literal": "position = '{:>10} {name}'.format(1, name=2)",
    "format with an empty field spec": "position = '{0:{1}}'.format(1, 5)",
    "format method as a formatter": "position = list(map('{:.2f}'.format, [1.0]))",
    "constant getattr": "position = getattr(data, 'get', None)",
    "hasattr on numpy": "position = hasattr(np, 'trapezoid')",
    "type with one argument": "position = type(data) is int",
    "name of an exception's type": "try:\n    position = 1\nexcept Exception as e:\n    print(type(e).__name__)",
    "namespace test": "if 'position' not in globals():\n    position = 1",
    "prices called like builtins": "open = data.get('x')\nexit = open > 1\nposition = open[exit]",
    "types in tests": "position = type(data) in (int, float) or isinstance(data, (np.ndarray, type(data)))",
    "types that are shown": "print(type(data), f'{type(data)}')\nposition = str(type(data))",
    "array class in annotations": (
        "from typing import Optional, Tuple\n"
        "def f(x: np.ndarray, y: Optional[np.ndarray] = None) -> Tuple[np.ndarray, 'pd.Series']:\n    return x, y\n"
        "z: np.ndarray | None = None\nposition = f(z)"
    ),
    "method of the array class": "position = data.get('x').apply(np.ndarray.mean)",
    "private helper name": "def _helper(x):\n    return x\n_ = 1\nposition = _helper(_)",
    "rename of a table's axes": "t = data.get('x')\nt.columns = ['a']\nt.index.name = 'date'\nposition = t",
    "subscript stores": "t = data.get('x')\nt.loc[:, 'a'] = 1\nt.iloc[0] = 2\nt['b'] = 3\nposition = t",
    "submodules by dotted path": "position = pd.offsets.BDay(2), pd.api.types.is_numeric_dtype(1), np.linalg.norm([1])",
    "submodules by import": (
        "import numpy.linalg as la\nfrom numpy import random as nr\nfrom pandas.tseries.offsets import MonthEnd\n"
        "position = la.norm([1]), nr.default_rng(0), MonthEnd(1)"
    ),
    "sliding windows by dotted path": "position = np.lib.stride_tricks.sliding_window_view(np.zeros(5), 2)",
    "display options": "pd.set_option('display.max_rows', 5, 'display.width', 80)\nposition = 1",
    "waiting, which only costs time": "import time\ntime.sleep(0.001)\nfrom time import sleep\nposition = sleep(0)",
    "exceptions that cannot happen here": (
        "try:\n    position = 1\nexcept (FileNotFoundError, UnicodeDecodeError) as e:\n    print(e.args)"
    ),
    "suppressed errors": "from contextlib import suppress\nwith suppress(KeyError):\n    position = data.get('x')",
    "the calendar": "import calendar\nposition = calendar.monthrange(2024, 2)[1], calendar.month_abbr[1]",
    "warnings of numpy": "import warnings\nwarnings.simplefilter('ignore', np.exceptions.RankWarning)\nposition = 1",
    "chained assignment option": "pd.options.mode.chained_assignment = None\nposition = 1",
    "printing a whole table": "position = data.get('x')\nprint(position.to_string(max_rows=5))\nposition.info(verbose=False)",
    "star and double star": "def f(*a, **k):\n    return a, k\nposition = f(*[1], **{'x': 2})",
    "named tuple": "from collections import namedtuple\nP = namedtuple('P', 'close score')\nposition = P(1, 2).score",
    "strategy with an optional second parameter": "def strategy(data, window=20):\n    return data.get('x') > window",
    "strategy that takes anything": "def strategy(*args):\n    return args[0]",
    "strategy as a lambda": "strategy = lambda data: data.get('x') > 1",
    "position set by a function": "def run():\n    global position\n    position = 1\nrun()",
    "result inside a condition": "if True:\n    for i in [1]:\n        position = i",
    "report alone": "report = sim(data.get('x') > 1)",
    "dangerous words in strings and comments": "# import os; exec\nposition = 'open __class__ eval {0.x}'",
    "an escape Python warns about": "position = '\\d'",
    "comparison Python warns about": "position = 1 is 1",
}


@pytest.mark.parametrize(("source", "want"), FINDINGS.values(), ids=FINDINGS.keys())
def test_a_rejection_names_rule_place_and_advice(source: str, want: tuple[str, int, int, str]) -> None:
    rule, line, column, words = want
    with pytest.raises(gate.Rejected) as caught:
        gate.check(source.encode())
    rejected = caught.value
    assert (rejected.rule, rejected.line, rejected.column) == (rule, line, column)
    assert words in rejected.message
    assert rejected.source_line == source.split("\n")[line - 1]


@pytest.mark.parametrize(("source", "line", "column"), FIRST.values(), ids=FIRST.keys())
def test_of_several_findings_the_first_in_the_source_is_reported(source: str, line: int, column: int) -> None:
    with pytest.raises(gate.Rejected) as caught:
        gate.check(source.encode())
    assert (caught.value.line, caught.value.column) == (line, column), str(caught.value)


@pytest.mark.parametrize("source", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_everyday_code_is_accepted(source: str) -> None:
    gate.check(source.encode())


def test_every_text_of_a_rejection_is_bounded_and_printable() -> None:
    with pytest.raises(gate.Rejected) as caught:
        gate.check(("position = " + "very_long_" * 2_000 + " + '\x1b[31m\\ud800\u200b'").encode())
    assert len(caught.value.message) <= 300
    assert len(caught.value.source_line) == 200
    with pytest.raises(gate.Rejected) as caught:
        gate.check(b"position = open('\x1b[31m\t\xe2\x80\x8b')")
    assert caught.value.source_line == "position = open('\\x1b[31m \\u200b')"


def test_a_rule_outside_the_table_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        gate.Rejected("no-such-rule", "message")


def test_every_rule_has_an_id_of_short_words_and_one_sentence() -> None:
    for rule, sentence in gate.RULES.items():
        assert rule == rule.lower() and " " not in rule
        assert sentence.endswith(".") and len(sentence) > 30


def test_the_tree_that_was_checked_is_the_one_that_runs() -> None:
    names: dict[str, object] = {"__builtins__": gate.restricted_builtins()}
    exec(compile(gate.check(b"position = sum(x * x for x in range(4))"), gate.FILE_NAME, "exec"), names)
    assert names["position"] == 14
