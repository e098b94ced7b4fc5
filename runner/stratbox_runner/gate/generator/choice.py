"""Which of the words that exist are allowed? The deny sets, each with its reason, and the words that are ours.

Everything public on an exemplar is allowed unless it is listed here, because refusing an honest strategy is a defect;
the tests walk the result and fail when an allowed word reaches something it must not.
"""

import importlib
from types import ModuleType
from typing import Final

from stratbox_runner.gate.generator.universe import exemplars

# Attributes, on whatever object they are read.
DENIED_ATTRIBUTES: Final = frozenset(
    # raw memory, and array surgery that numpy does not check
    "base ctypes data device to_device resize setflags setfield getfield view strides byteswap newbyteorder itemset flags"
    # bytes and files
    " dump dumps tofile tobytes tostring toflex torecords to_bytes from_bytes path encode decode"
    # strings that are programs: format fields, expressions, attribute names
    " format format_map eval query"
    # plots and styles import libraries and draw
    " boxplot hist plot style"
    # interpreter and library internals
    " mro obj ax binner grouper bit_generator pyfunc metadata struct list online scanner with_traceback throw add_note ids type"
    " getstate setstate get_state set_state resolve_dtypes signature default_factory"
    # short internals of masked arrays and poly1d
    " f o".split()
)

# Of the methods that convert, those that make objects in memory; every other to_* writes somewhere.
ALLOWED_CONVERSIONS: Final = frozenset(
    "to_datetime64 to_dict to_flat_index to_frame to_julian_date to_list to_numpy to_period to_pydatetime to_pytimedelta"
    " to_records to_series to_string to_timedelta64 to_timestamp to_tuples"
    " to_eng_string to_integral to_integral_exact to_integral_value".split()
)

# Prefixes of frames, generators, coroutines, tracebacks, functions and code objects.
DENIED_PREFIXES: Final = ("_", "gi_", "cr_", "ag_", "tb_", "f_", "co_", "func_", "read_")

# Words no pinned library knows: tables of this dataset have more methods, reports have figures, and tables with
# columns of these names are read with a dot.
OWN_ATTRIBUTES: Final = frozenset(
    # the data object and its tables
    "indicator is_largest is_smallest is_entry is_exit rise fall sustain hold_until average quantile_row industry_rank"
    " deadline index_str_to_date"
    # the report of sim(...)
    " get_stats get_metrics get_trades stats creturn daily_creturn position trades"
    # columns and named fields
    " open high low close volume amount price prices weight weights score signal signals momentum volatility entry exit"
    " returns ret stock stocks ticker roe pe pb eps revenue growth margin turnover threshold lookback top_n period"
    " atr beta bottom buy calmar cagr cash change cost cum cumulative daily direction drawdown ema entry_date entry_price"
    " equity exit_date exit_price factor fast fee gain group hold holding industry ma macd mdd mom monthly net pair peak"
    " pnl profit quality ratio regime risk rsi sector sell sharpe slow sma spread stock_id target tax top total_return trend"
    " vol wealth weekly win_rate year_month ma5 ma10 ma20 ma60 a b c x y z"
    # the name of a function or an exception's type, which error messages print
    " __name__".split()
)

# Strings that agg, apply and transform look up as a method of the table, its group or window, or of numpy.
REDUCERS: Final = frozenset(
    "abs all any argmax argmin backfill bfill ceil corr count cov cumcount cummax cummin cumprod cumsum describe diff exp"
    " ffill fillna first floor idxmax idxmin kurt kurtosis last log log10 log1p log2 max mean median min mode ngroup"
    " nunique ohlc pad pct_change prod quantile rank round sem shift sign size skew sqrt square std sum tail head unique"
    " value_counts var".split()
)

# Members of modules that reach files, code, processes, raw memory or settings of the process.
_DENIED_MEMBERS: Final[dict[str, str]] = {
    "numpy": "asmatrix bmat broadcast busdaycalendar DataSource flatiter from_dlpack frombuffer fromfile fromregex"
    " fromstring genfromtxt get_include getbufsize geterrcall info load loadtxt mat matrix may_share_memory memmap"
    " nditer nested_iters object_ recarray record save savetxt savez savez_compressed sctypeDict setbufsize"
    " seterrcall shares_memory show_config show_runtime test void",
    "numpy.linalg": "test",
    "numpy.random": "BitGenerator get_bit_generator set_bit_generator get_state set_state test",
    "numpy.fft": "test",
    "numpy.ma": "frombuffer fromflex mvoid resize test masked_object",
    "numpy.polynomial": "test set_default_printstyle",
    "pandas": "ArrowDtype ExcelFile ExcelWriter Flags HDFStore annotations describe_option eval json_normalize options"
    " reset_option set_eng_float_format show_versions test to_pickle",
    "pandas.tseries.offsets": "annotations BaseOffset Tick",
    "pandas.api.types": "",
}
_ONLY_MEMBERS: Final[dict[str, str]] = {
    "numpy.exceptions": "AxisError ComplexWarning RankWarning VisibleDeprecationWarning",
    "numpy.lib": "",
    "numpy.lib.stride_tricks": "sliding_window_view",
    "numpy.typing": "ArrayLike NDArray",
    "pandas.api": "",
    "pandas.errors": "DataError DtypeWarning EmptyDataError IndexingError IntCastingNaNError InvalidIndexError MergeError"
    " OutOfBoundsDatetime OutOfBoundsTimedelta ParserError ParserWarning PerformanceWarning SettingWithCopyError"
    " SettingWithCopyWarning UnsortedIndexError UnsupportedFunctionCall",
    "pandas.tseries": "",
    "pandas.tseries.frequencies": "to_offset",
}


def attributes() -> list[str]:
    """Return the attribute names a strategy may read, sorted."""
    known = {name for exemplar in exemplars().values() for name in dir(exemplar)}
    return sorted({name for name in known if _is_allowed_attribute(name)} | OWN_ATTRIBUTES)


def members() -> dict[str, list[str]]:
    """Return, for each module of numpy and pandas a strategy may reach, its allowed members that are not modules."""
    chosen: dict[str, list[str]] = {}
    for name, denied in _DENIED_MEMBERS.items():
        module = importlib.import_module(name)
        public = {member for member in dir(module) if _is_allowed_member(module, member)}
        chosen[name] = sorted(public - set(denied.split()))
    for name, allowed in _ONLY_MEMBERS.items():
        importlib.import_module(name)
        chosen[name] = sorted(allowed.split())
    return dict(sorted(chosen.items()))


def _is_allowed_attribute(name: str) -> bool:
    if name.startswith(DENIED_PREFIXES) or name in DENIED_ATTRIBUTES:
        return False
    return not name.startswith("to_") or name in ALLOWED_CONVERSIONS


def _is_allowed_member(module: ModuleType, name: str) -> bool:
    return not name.startswith(DENIED_PREFIXES) and not isinstance(getattr(module, name), ModuleType)
