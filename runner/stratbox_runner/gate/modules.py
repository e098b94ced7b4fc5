"""Which modules and which of their members can a strategy reach?

A module is a list of exact members: nothing else of it can be imported or read, so a module that happens to import `os`
does not lend it. Submodules count as modules of their own, and only those named here exist for a strategy.
"""

from typing import Final

from stratbox_runner.gate.vocabulary import MEMBERS

# What is left out on purpose: functools.update_wrapper and wraps copy __code__ from one function to another;
# operator.attrgetter and methodcaller turn strings into attributes; typing.get_type_hints evaluates strings;
# random.SystemRandom asks the kernel; pprint.pprint and contextlib.redirect_stdout write to what they are given.
_STANDARD: Final[dict[str, str]] = {
    "__future__": "annotations",
    "bisect": "bisect bisect_left bisect_right insort insort_left insort_right",
    "calendar": "FRIDAY MONDAY SATURDAY SUNDAY THURSDAY TUESDAY WEDNESDAY day_abbr day_name isleap leapdays month_abbr"
    " month_name monthcalendar monthrange timegm weekday",
    "collections": "ChainMap Counter OrderedDict defaultdict deque namedtuple",
    "collections.abc": "Callable Collection Container Generator Hashable Iterable Iterator Mapping MutableMapping"
    " MutableSequence MutableSet Reversible Sequence Set Sized",
    "contextlib": "nullcontext suppress",
    "copy": "copy deepcopy",
    "datetime": "MAXYEAR MINYEAR UTC date datetime time timedelta timezone",
    "decimal": "Decimal InvalidOperation ROUND_DOWN ROUND_HALF_EVEN ROUND_HALF_UP ROUND_UP",
    "fractions": "Fraction",
    "functools": "cache cmp_to_key lru_cache partial reduce",
    "heapq": "heapify heappop heappush heappushpop heapreplace merge nlargest nsmallest",
    "itertools": "accumulate batched chain combinations combinations_with_replacement compress count cycle dropwhile"
    " filterfalse groupby islice pairwise permutations product repeat starmap takewhile tee zip_longest",
    "json": "JSONDecodeError dumps loads",
    "math": "acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees dist e erf erfc exp exp2"
    " expm1 fabs factorial floor fma fmod frexp fsum gamma gcd hypot inf isclose isfinite isinf isnan isqrt lcm ldexp"
    " lgamma log log10 log1p log2 modf nan nextafter perm pi pow prod radians remainder sin sinh sqrt sumprod tan tanh"
    " tau trunc ulp",
    "numbers": "Integral Number Rational Real",
    "operator": "abs add and_ concat contains countOf eq floordiv ge getitem gt indexOf inv invert is_ is_not itemgetter"
    " le lt matmul mod mul ne neg not_ or_ pos pow sub truediv truth xor",
    "random": "Random betavariate choice choices expovariate gammavariate gauss getrandbits lognormvariate normalvariate"
    " paretovariate randint random randrange sample seed shuffle triangular uniform vonmisesvariate weibullvariate",
    "re": "A ASCII DOTALL I IGNORECASE M MULTILINE Match Pattern S VERBOSE X compile error escape findall finditer"
    " fullmatch match search split sub subn",
    "statistics": "NormalDist StatisticsError correlation covariance fmean geometric_mean harmonic_mean"
    " linear_regression mean median median_grouped median_high median_low mode multimode pstdev pvariance quantiles"
    " stdev variance",
    "string": "ascii_letters ascii_lowercase ascii_uppercase digits hexdigits punctuation whitespace",
    "time": "gmtime localtime monotonic perf_counter perf_counter_ns process_time sleep strftime time time_ns",
    "typing": "AbstractSet Annotated Any Callable Collection DefaultDict Deque Dict Final FrozenSet Generator Hashable"
    " Iterable Iterator List Literal Mapping MutableMapping MutableSequence NamedTuple NoReturn Optional Sequence Set"
    " Sized Text Tuple Type TypeAlias TypeVar Union cast",
    "warnings": "catch_warnings filterwarnings resetwarnings simplefilter warn",
}

MODULES: Final[dict[str, frozenset[str]]] = {
    **{name: frozenset(members.split()) for name, members in _STANDARD.items()},
    **MEMBERS,
}

# Members that look strings up as attributes or settings: accepted only when called by their full name (calls.py).
CALLED_ONLY: Final = frozenset(
    {"pandas.NamedAgg", "pandas.crosstab", "pandas.option_context", "pandas.pivot_table", "pandas.set_option"}
)

# Classes that may be named in tests and annotations and never made or handed on: numpy.ndarray(buffer=...) turns numbers
# into addresses.
NAMED_ONLY: Final = frozenset({"numpy.ndarray"})

_FILES: Final = "files are out of reach; all data comes from data.get(...)"
_NETWORK: Final = "there is no network; all data comes from data.get(...)"
_PROCESSES: Final = "a strategy is one process that starts no others: write plain loops and tables"
_INTERPRETER: Final = "the interpreter's own machinery is out of reach: delete this import"
_PLOTS: Final = "plots are not shown anywhere: delete them"
_INDICATORS: Final = "use data.indicator('RSI', timeperiod=14)"
_NOT_INSTALLED: Final = "it is not installed: use numpy, e.g. numpy.linalg or numpy.polyfit"
_BACKTESTS: Final = "score with sim(position), or just leave position"
_ZONES: Final = "the dates are Taipei's already; to convert, write tz_localize('Asia/Taipei')"

# Why modules people often reach for are missing, and what to write instead.
_REASONS: Final = {
    _FILES: "csv fileinput glob gzip h5py io joblib openpyxl pathlib pickle pyarrow shelve shutil sqlalchemy sqlite3 tempfile"
    " zipfile",
    "files and processes are out of reach; all data comes from data.get(...)": "os posix",
    _NETWORK: "aiohttp ftplib http httpx requests smtplib socket ssl urllib urllib3 websocket websockets",
    _PROCESSES: "asyncio concurrent multiprocessing pty queue sched signal subprocess threading",
    _INTERPRETER: "ast atexit builtins code codecs ctypes dis faulthandler gc importlib inspect marshal pkgutil platform resource"
    " runpy sys tracemalloc types weakref",
    _PLOTS: "altair bokeh matplotlib mplfinance plotly seaborn",
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
HINTS: Final[dict[str, str]] = {name: reason for reason, names in _REASONS.items() for name in names.split()}

MEMBER_ADVICE: Final = "use another of its public functions, or write the calculation with tables and arrays"

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


def submodule(module: str, name: str) -> str | None:
    """Return the full name of a listed submodule, or None."""
    full = "pandas.tseries.offsets" if (module, name) == ("pandas", "offsets") else f"{module}.{name}"
    return full if full in MODULES else None


def member_hint(module: str, name: str) -> str:
    """Return what to do without a name that a listed module does not lend, or nothing."""
    return _MEMBER_HINTS.get(f"{module}.{name}", "")


def hint(module: str) -> str:
    """Return what to do without a module that is not listed."""
    root = module.partition(".")[0]
    if root in MODULES:
        return f"of {root}, this part is not for strategies"
    return HINTS.get(root) or "strategies have pandas, numpy and modules that calculate, such as math or statistics"
