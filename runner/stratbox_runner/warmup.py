"""Loads, before the seal, whatever an honest strategy may make Python load later, and closes the import system.

After the seal every file that is looked for is a denied call. The lists were found by running the honest corpus and the
expressions of runner/tests/warmup under an audit hook; those tests name what is missing after an upgrade.
"""

import importlib
import importlib.machinery
import io
import sys
import warnings
import zoneinfo
from typing import Any

import numpy as np
import pandas as pd
import pytz  # type: ignore[import-untyped]

from stratbox_runner import gate

# Modules that pandas, numpy and the standard library import on first use of a feature.
_LAZY = """
    _strptime calendar contextvars difflib importlib.resources locale pprint stringprep tracemalloc unicodedata
    encodings.ascii encodings.big5 encodings.cp950 encodings.latin_1 encodings.utf_8_sig
    numpy._core._internal numpy._core._methods numpy._core.defchararray numpy.char numpy.exceptions numpy.fft
    numpy.lib.recfunctions numpy.lib.stride_tricks numpy.linalg.lapack_lite numpy.ma numpy.ma.mrecords numpy.polynomial
    numpy.random numpy.rec numpy.strings
    pandas.api.types pandas.core.arrays.sparse.scipy_sparse pandas.core.computation.eval
    pandas.core.interchange.dataframe pandas.core.methods.to_dict pandas.core.reshape.reshape
    pandas.io.formats.csvs pandas.io.formats.html pandas.io.formats.info pandas.io.formats.string
    pandas.tseries.holiday pandas.tseries.offsets
""".split()

# Where the gate only reports, imports go on: what people and attackers reach for must be there, so that it meets the
# wall and not an ImportError.
_NATIVE = """
    abc array ast asyncio atexit base64 builtins code codecs concurrent.futures contextlib csv ctypes ctypes.util
    dataclasses dis encodings.idna enum errno faulthandler fcntl ftplib gc glob gzip hashlib http.client http.server
    importlib inspect io logging marshal mmap multiprocessing multiprocessing.pool multiprocessing.shared_memory os
    pathlib pickle platform pty pwd queue resource runpy sched secrets select selectors shlex shutil signal smtplib
    socket socketserver ssl stat struct subprocess sys sysconfig syslog tempfile termios textwrap threading traceback
    types urllib.parse urllib.request uuid weakref webbrowser xml.etree.ElementTree zipfile zlib
""".split()

# Time zones a strategy may name. There are 600; these are the ones near the data.
_ZONES = """
    UTC GMT Asia/Taipei Asia/Shanghai Asia/Hong_Kong Asia/Tokyo Asia/Seoul Asia/Singapore
    America/New_York America/Chicago Europe/London Europe/Berlin Australia/Sydney
""".split()

# References that keep what was loaded in the libraries' weak caches.
_kept: list[object] = []


def run(everything: bool) -> None:
    """Import the curated modules and use pandas once in the ways that load something which is not a module."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in [*_LAZY, *gate.MODULES, *(_NATIVE if everything else [])]:
            importlib.import_module(name)
        _load_zones()
        _use_pandas()


def close_imports() -> None:
    """Make a missing module an ImportError, and an unknown time zone an error, that ask the kernel nothing."""
    sys.path.clear()
    sys.path_hooks.clear()
    sys.path_importer_cache.clear()
    sys.meta_path[:] = [importlib.machinery.BuiltinImporter, importlib.machinery.FrozenImporter]
    zoneinfo.reset_tzpath(to=())
    pytz.open_resource = _no_zone_file


def _no_zone_file(name: str) -> io.BytesIO:
    raise FileNotFoundError(f"the time zone {name} is not loaded")


def _load_zones() -> None:
    for name in _ZONES:
        _kept.append(pytz.timezone(name))
        _kept.append(zoneinfo.ZoneInfo(name))


def _use_pandas() -> None:
    """Each line loads something on first use: a table of names, a compiled pattern, a routine chosen at run time."""
    index = pd.date_range("2024-01-01", periods=12, freq="D", name="date")
    frame = pd.DataFrame(np.arange(36.0).reshape(12, 3), index=index, columns=["1101", "2330", "2317"])
    used: list[Any] = [
        str(frame),
        repr(frame.dtypes),
        frame.describe(),
        frame.resample("W").last(),
        frame.stack(future_stack=True).unstack(),
        index.strftime("%Y-%m-%d %B"),
        pd.to_datetime("3 Jan 2024 10:00"),
        pd.to_datetime(["2024/01/03"], format="%Y/%m/%d"),
        frame.tz_localize("Asia/Taipei"),
        np.linalg.lstsq(frame.to_numpy(), np.ones(12), rcond=None),
    ]
    del used
