"""The dataset as strategies see it: `data.get(key)` and `data.indicator(name)`.

open_dataset() maps every table before the seal, privately and writable, and closes every descriptor: afterwards no
file is touched. A strategy may write into a table it was given; the pages it writes become its own copies and never
reach the file. docs/datasets.md describes the format; internal/dataset is the writer and the strict reader.
"""

from __future__ import annotations

import difflib
import json
import mmap
import os
import re
import stat
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from stratbox_runner import frame, indicators
from stratbox_runner.frame import Frame

FORMAT = "stratbox-dataset/1"
_DTYPES = {"f8": "<f8", "f4": "<f4", "i8": "<i8", "b1": "|b1", "i4": "<i4"}
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}\.npy")
_MAX_MANIFEST_BYTES = 16 << 20
_MAX_HEADER_BYTES = 64 << 10
_NEAR_MATCHES = 5
_npy: Any = np.lib.format  # its stubs are incomplete


class DatasetError(Exception):
    """The dataset folder is not what its manifest says; the message names the file."""


class Data:
    """A mapped dataset. Strategies hold one as `data`."""

    def __init__(
        self,
        name: str,
        digest: str,
        index: pd.DatetimeIndex,
        columns: pd.Index,
        tables: dict[str, npt.NDArray[Any]],
        roles: dict[str, str],
    ) -> None:
        self.name = name
        self.digest = digest
        self._index = index
        self._columns = columns
        self._tables = tables
        self._roles = roles

    def get(self, dataset: str, save_to_storage: bool = True, force_download: bool = False) -> Frame:
        """The table of that key as a Frame, dates x stock ids, without copying.

        The other arguments exist in FinLab and change nothing here. An unknown key is a KeyError that lists near ones.
        """
        del save_to_storage, force_download
        try:
            values = self._tables[dataset]
        except (KeyError, TypeError):
            raise KeyError(self._unknown(dataset)) from None
        return Frame(values, index=self._index, columns=self._columns, copy=False)

    def indicator(self, indname: str, adjust_price: bool = False, resample: str = "D", **parameters: Any) -> Any:
        """A technical indicator for every stock, with TA-Lib's names and parameters: a Frame or a tuple of Frames."""
        if resample not in ("D", "d", None):
            raise ValueError(f"indicator: resample={resample!r} is not available; tables are daily")
        return indicators.compute(indname, self._price_source(adjust_price), parameters)

    def _price_source(self, adjust_price: bool) -> indicators.PriceSource:
        keys = {
            "open": "price:開盤價",
            "high": "price:最高價",
            "low": "price:最低價",
            "close": self._roles["close"],
            "volume": "price:成交股數",
        }

        def source(column: str) -> Frame:
            table = self.get(keys[column])
            if adjust_price and column != "volume":
                return Frame(table * (self.get(self._roles["adjClose"]) / self.get(keys["close"])))
            return table

        return source

    def _unknown(self, key: object) -> str:
        text = str(key)[:200]
        near = difflib.get_close_matches(text, self._tables, n=_NEAR_MATCHES, cutoff=0.4)
        hint = f"did you mean {', '.join(repr(k) for k in near)}?" if near else f"there are {', '.join(self._tables)}"
        return f"no table {text!r}; {hint}"


def open_dataset(path: str | os.PathLike[str]) -> Data:
    """Map the dataset in a folder. Raises DatasetError naming the file that is wrong."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        manifest = _read_manifest(folder)
        try:
            return _open(folder, manifest)
        except (KeyError, TypeError, AttributeError) as error:
            raise DatasetError(f"manifest.json is malformed: {type(error).__name__} {error}") from error
    finally:
        os.close(folder)


def _open(folder: int, manifest: dict[str, Any]) -> Data:
    if manifest["format"] != FORMAT:
        raise DatasetError(f"manifest.json: format is {manifest['format']!r}, this program reads {FORMAT!r}")
    symbols = [str(s) for s in manifest["symbols"]]
    days = _map(folder, manifest["dates"], (int(manifest["dates"]["shape"][0]),))
    if days.dtype != np.int32 or len(days) == 0 or (np.diff(days) <= 0).any():
        raise DatasetError(f"{manifest['dates']['file']}: dates must be int32 and strictly increasing")
    if len(set(symbols)) != len(symbols) or not symbols:
        raise DatasetError("manifest.json: symbols must be unique and at least one")
    tables = {str(key): _map(folder, file, (len(days), len(symbols))) for key, file in manifest["tables"].items()}
    roles = {role: str(manifest["roles"][role]) for role in ("close", "adjClose")}
    for role, key in roles.items():
        if key not in tables:
            raise DatasetError(f"manifest.json: role {role} names the table {key!r}, which does not exist")
    index = pd.DatetimeIndex(days.astype("datetime64[D]").astype("datetime64[ns]"), name="date")
    columns = pd.Index(symbols, dtype=object, name="symbol")
    data = Data(str(manifest["name"]), str(manifest["digest"]), index, columns, tables, roles)
    frame.use_prices(data.get(roles["adjClose"]))
    return data


def _read_manifest(folder: int) -> dict[str, Any]:
    with os.fdopen(_open_regular(folder, "manifest.json"), "rb") as file:
        content = file.read(_MAX_MANIFEST_BYTES + 1)
    if len(content) > _MAX_MANIFEST_BYTES:
        raise DatasetError(f"manifest.json is larger than {_MAX_MANIFEST_BYTES} bytes")
    try:
        manifest = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"manifest.json is not JSON: {error}") from error
    if not isinstance(manifest, dict):
        raise DatasetError("manifest.json is not a JSON object")
    return manifest


def _open_regular(folder: int, name: str) -> int:
    try:
        # Non-blocking, because opening a named pipe would wait for a writer; no symbolic links, which could lead out.
        fd = os.open(name, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW, dir_fd=folder)
    except OSError as error:
        raise DatasetError(f"{name}: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise DatasetError(f"{name} is not a regular file")
    return fd


def _map(folder: int, file: dict[str, Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    name, dtype = file["file"], file["dtype"]
    if not isinstance(name, str) or not _FILE_NAME.fullmatch(name):
        raise DatasetError(f"manifest.json: file name {str(name)[:100]!r} is not allowed")
    if dtype not in _DTYPES:
        raise DatasetError(f"{name}: dtype {str(dtype)[:20]!r} is unknown")
    if tuple(file["shape"]) != shape:
        raise DatasetError(f"{name}: shape {file['shape']} is not {list(shape)} (dates x symbols)")
    fd = _open_regular(folder, name)
    try:
        offset = _check_header(fd, name, np.dtype(_DTYPES[dtype]), shape)
        size = os.fstat(fd).st_size
        # Private and writable: an in-place change copies the page. No reserve: the copy is paid for when made.
        # Untracked: Python would otherwise keep a duplicate of the descriptor.
        mapped = mmap.mmap(
            fd, size, flags=mmap.MAP_PRIVATE | mmap.MAP_NORESERVE, prot=mmap.PROT_READ | mmap.PROT_WRITE, trackfd=False
        )
    finally:
        os.close(fd)
    return np.frombuffer(mapped, dtype=_DTYPES[dtype], offset=offset).reshape(shape)


def _check_header(fd: int, name: str, dtype: np.dtype[Any], shape: tuple[int, ...]) -> int:
    """Compare the .npy header with the manifest; return where the data starts."""
    with os.fdopen(os.dup(fd), "rb") as file:
        try:
            version = _npy.read_magic(file)
            if version == (1, 0):
                found = _npy.read_array_header_1_0(file, max_header_size=_MAX_HEADER_BYTES)
            elif version == (2, 0):
                found = _npy.read_array_header_2_0(file, max_header_size=_MAX_HEADER_BYTES)
            else:
                raise ValueError(f"version {version} is unknown")
        except (ValueError, SyntaxError, RecursionError) as error:
            raise DatasetError(f"{name} is not a readable .npy file: {str(error)[:200]}") from error
        offset = file.tell()
    if found[0] != shape or found[1] or found[2] != dtype:
        raise DatasetError(f"{name} holds {found[2]} {found[0]}, the manifest says {dtype} {shape}")
    expected = offset + int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    size = os.fstat(fd).st_size
    if size != expected:
        raise DatasetError(f"{name} is {size} bytes, expected {expected}: truncated or overgrown")
    return offset
