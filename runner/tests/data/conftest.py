"""Small dataset folders for the tests, written independently of the Go writer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from stratbox_runner import frame
from stratbox_runner.data import Data, open_dataset


def write(folder: Path, tables: dict[str, npt.NDArray[Any]], days: npt.NDArray[np.int32], symbols: list[str]) -> Path:
    """A dataset of those tables; price:收盤價 and etl:adj_close must be among them."""
    folder.mkdir(parents=True, exist_ok=True)

    def save(name: str, values: npt.NDArray[Any]) -> dict[str, Any]:
        np.save(folder / name, values)
        return {
            "file": name,
            "dtype": values.dtype.str[1:],
            "shape": list(values.shape),
            "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest(),
        }

    manifest: dict[str, Any] = {
        "format": "stratbox-dataset/1",
        "name": "test",
        "dates": save("dates.npy", days),
        "symbols": symbols,
        "roles": {"close": "price:收盤價", "adjClose": "etl:adj_close"},
        "tables": {key: save(f"t{i}.npy", values) for i, (key, values) in enumerate(tables.items())},
    }
    canonical = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    manifest["digest"] = "sha256:" + hashlib.sha256(canonical).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False))
    return folder


def prices(days: int, stocks: int, seed: int = 1) -> dict[str, npt.NDArray[Any]]:
    """Random open, high, low, close, volume and adjusted close."""
    random = np.random.default_rng(seed)
    close = 50 * np.exp(np.cumsum(random.normal(0, 0.02, (days, stocks)), axis=0))
    return {
        "price:收盤價": close,
        "price:開盤價": close * (1 + random.normal(0, 0.005, close.shape)),
        "price:最高價": close * (1.02 + random.random(close.shape) * 0.01),
        "price:最低價": close * (0.98 - random.random(close.shape) * 0.01),
        "price:成交股數": np.round(random.random(close.shape) * 1e6),
        "etl:adj_close": close * 0.9,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A dataset of 120 days from 2024-01-01 x 4 stocks."""
    days = np.arange(19723, 19723 + 120, dtype=np.int32)
    yield write(tmp_path / "dataset", prices(120, 4), days, ["1101", "1216", "2317", "2330"])
    frame.use_prices(None)


@pytest.fixture
def data(folder: Path) -> Data:
    return open_dataset(folder)
