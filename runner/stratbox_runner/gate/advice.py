"""What to write instead of something the gate refuses? One short sentence for each thing people reach for."""

from typing import Final

from stratbox_runner.gate.modules import MODULES

_STORES: Final = "files are out of reach; all data comes from data.get(...)"
_NETWORK: Final = "there is no network; all data comes from data.get(...)"
_PROCESSES: Final = "a strategy is one process that starts no others: write plain loops and tables"
_INTERPRETER: Final = "the interpreter's own machinery is out of reach: delete this import"
_DRAWING: Final = "plots are not shown anywhere: delete them"
_INDICATORS: Final = "use data.indicator('RSI', timeperiod=14)"
_NOT_INSTALLED: Final = "it is not installed: use numpy, e.g. numpy.linalg or numpy.polyfit"
_BACKTESTS: Final = "score with sim(position), or just leave position"
_ZONES: Final = "the dates are Taipei's already; to convert, write tz_localize('Asia/Taipei')"

# Why modules people often reach for are missing, and what to write instead.
_REASONS: Final = {
    _STORES: "csv fileinput glob gzip h5py io joblib openpyxl pathlib pickle pyarrow shelve shutil sqlalchemy sqlite3 tempfile"
    " zipfile",
    "files and processes are out of reach; all data comes from data.get(...)": "os posix",
    _NETWORK: "aiohttp ftplib http httpx requests smtplib socket ssl urllib urllib3 websocket websockets",
    _PROCESSES: "asyncio concurrent multiprocessing pty queue sched signal subprocess threading",
    _INTERPRETER: "ast atexit builtins code codecs ctypes dis faulthandler gc importlib inspect marshal pkgutil platform resource"
    " runpy sys tracemalloc types weakref",
    _DRAWING: "altair bokeh matplotlib mplfinance plotly seaborn",
    _INDICATORS: "pandas_ta stockstats ta talib",
    _NOT_INSTALLED: "arch cvxpy hmmlearn lightgbm pykalman scipy sklearn statsmodels tensorflow torch xgboost",
    _BACKTESTS: "backtesting backtrader bt empyrical ffn pyfolio quantstats vectorbt zipline",
    _ZONES: "pytz tzlocal zoneinfo",
    "data and sim are already there: delete this import": "finlab stratbox",
    "all data comes from data.get(...)": "FinMind pandas_datareader twstock yfinance",
    "use print": "logging loguru pprint rich",
    "use print, e.g. print(error)": "traceback",
    "use a dict, a tuple or collections.namedtuple": "attr attrs dataclasses pydantic",
    "use functions instead of classes": "abc",
    "use constants instead of classes": "enum",
    "use a plain for loop": "tqdm",
    "it is not installed: use numpy": "bottleneck jax numba numexpr",
    "it is not installed: use pandas": "dask modin polars",
    "use pd.DateOffset or pd.Timedelta": "dateutil",
    "use random or numpy.random": "secrets",
    "use the numbers or strings themselves": "base64 hashlib struct uuid",
}
_HINTS: Final[dict[str, str]] = {name: reason for reason, names in _REASONS.items() for name in names.split()}

# The same for single members of listed modules.
_MEMBER_HINTS: Final[dict[str, str]] = {
    "functools.wraps": "leave it out, the function works without it",
    "functools.singledispatch": "use isinstance and if",
    "functools.total_ordering": "use functions instead of classes",
    "operator.attrgetter": "use lambda x: x.name",
    "operator.methodcaller": "use lambda x: x.name()",
    "contextlib.contextmanager": "use try and finally",
    "random.SystemRandom": "use random.Random(seed)",
    "typing.Protocol": "use typing.Any",
    "typing.TypedDict": "use dict[str, typing.Any]",
    "collections.UserDict": "use a dict",
    "numpy.RankWarning": "write np.exceptions.RankWarning",
    "numpy.VisibleDeprecationWarning": "write np.exceptions.VisibleDeprecationWarning",
    "pandas.Panel": "use a dict of tables",
    "pandas.json_normalize": "use pd.DataFrame(records)",
    "pandas.read_csv": "files are out of reach: use data.get(...)",
}

_FILES: Final = "files are out of reach: print the table, or remove it"
_PLOTS: Final = "plots are not shown anywhere: remove it"

_WORDS: Final = {
    "query": "use boolean indexing, e.g. table[table > 5]",
    "eval": "write the expression itself",
    "plot": _PLOTS,
    "hist": _PLOTS,
    "boxplot": _PLOTS,
    "style": _PLOTS,
    "format": "use an f-string",
    "resize": "use reshape, or numpy.resize",
    "view": "use astype",
    "fromfile": _FILES,
    "fromregex": _FILES,
    "genfromtxt": _FILES,
    "memmap": _FILES,
    "frombuffer": "use np.array",
    "fromstring": "use np.array",
    "cmp_to_key": "sort by a key, e.g. sorted(items, key=lambda item: item[1])",
    "as_strided": "use np.lib.stride_tricks.sliding_window_view",
    "strides": "use np.lib.stride_tricks.sliding_window_view",
    "data": "use the array itself, or .values of a table",
    "base": "use .copy() to be sure of an array of your own",
    "flags": "use .copy() for an array that can be written to",
    "setflags": "use .copy() for an array that can be written to",
    "encode": "strings are compared and printed as they are",
    "decode": "strings are compared and printed as they are",
    "write": "use print",
    "flush": "remove it, output is not held back",
    "json_normalize": "use pd.DataFrame(records)",
    "iteritems": "use items",
    "ix": "use loc or iloc",
    "mad": "use (table - table.mean()).abs().mean()",
    # gone from numpy
    "NaN": "write np.nan",
    "NAN": "write np.nan",
    "Inf": "write np.inf",
    "Infinity": "write np.inf",
    "float_": "write np.float64",
    "float": "write float",
    "int": "write int",
    "object": "write object",
    "product": "write np.prod",
    "alltrue": "write np.all",
    "sometrue": "write np.any",
    "matrix": "use np.array",
}


def for_module(module: str) -> str:
    """Return what to do without a module that is not listed."""
    root = module.partition(".")[0]
    if root in MODULES:
        return f"this part of {root} is not for strategies"
    return _HINTS.get(root) or "strategies have pandas, numpy and modules that calculate, such as math or statistics"


def for_member(module: str, name: str) -> str:
    """Return what to do without a name that a listed module does not lend."""
    return _MEMBER_HINTS.get(f"{module}.{name}") or for_word(name) or f"use another function of {module}"


def for_name(name: str) -> str:
    """Return what to do about a name that nothing defines: most are modules that were not imported."""
    if name in MODULES:
        return f"write import {name} first"
    return _HINTS.get(name) or "define it first"


def for_word(name: str) -> str:
    """Return what to write instead of an attribute, or nothing if there is no particular advice."""
    if name in _WORDS:
        return _WORDS[name]
    if name.startswith(("to_", "read_", "load", "save")):
        return _FILES
    return ""
