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
    "functools": "cache lru_cache partial reduce",
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


def submodule(module: str, name: str) -> str | None:
    """Return the full name of a listed submodule, or None."""
    full = "pandas.tseries.offsets" if (module, name) == ("pandas", "offsets") else f"{module}.{name}"
    return full if full in MODULES else None
