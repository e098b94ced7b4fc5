from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stratbox_runner.data import Data, DatasetError, open_dataset
from stratbox_runner.frame import Frame

CLOSE = "price:收盤價"


def test_a_table_is_a_frame_of_dates_and_stocks(data: Data) -> None:
    close = data.get(CLOSE)
    assert type(close) is Frame
    assert close.shape == (120, 4)
    assert close.index.name == "date"
    assert close.columns.name == "symbol"
    assert close.index[0] == pd.Timestamp("2024-01-01")
    assert list(close.columns) == ["1101", "1216", "2317", "2330"]


def test_the_arguments_finlab_has_change_nothing(data: Data) -> None:
    pd.testing.assert_frame_equal(data.get(CLOSE, save_to_storage=False, force_download=True), data.get(CLOSE))


def test_tables_are_not_copied(data: Data) -> None:
    assert np.shares_memory(data.get(CLOSE).to_numpy(), data.get(CLOSE).to_numpy())


def test_getting_a_table_of_ten_million_cells_copies_nothing(tmp_path: Path) -> None:
    # Timing would be flaky; a copy would show as resident memory.
    rows, columns = 5000, 2000
    np.save(tmp_path / "t.npy", np.zeros((rows, columns)))
    np.save(tmp_path / "d.npy", np.arange(rows, dtype="<i4"))
    np.save(tmp_path / "a.npy", np.zeros((rows, columns)))
    table = {"dtype": "f8", "shape": [rows, columns], "sha256": "0" * 64}
    manifest = {
        "format": "stratbox-dataset/1",
        "name": "big",
        "digest": "",
        "dates": {"file": "d.npy", "dtype": "i4", "shape": [rows], "sha256": "0" * 64},
        "symbols": [str(i) for i in range(columns)],
        "roles": {"close": "c", "adjClose": "a"},
        "tables": {"c": {"file": "t.npy", **table}, "a": {"file": "a.npy", **table}},
    }
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    data = open_dataset(tmp_path)

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    before = resident()
    tables = [data.get("c") for _ in range(20)]
    assert resident() - before < 10 << 20
    assert tables[0].shape == (rows, columns)


def test_opening_leaves_no_descriptor_and_needs_no_file_afterwards(folder: Path) -> None:
    before = sorted(os.listdir("/proc/self/fd"))
    data = open_dataset(folder)
    assert sorted(os.listdir("/proc/self/fd")) == before
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    assert data.get(CLOSE).notna().to_numpy().all()
    assert data.indicator("RSI").shape == (120, 4)


def test_writing_into_a_table_works_and_never_reaches_the_file(folder: Path) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    close = open_dataset(folder).get(CLOSE)
    close.iloc[0, 0] = -1
    close[close > 60] = 0
    assert close.iloc[0, 0] == -1
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_an_unknown_key_lists_near_matches(data: Data) -> None:
    with pytest.raises(KeyError, match=f"did you mean '{CLOSE}'"):
        data.get("price:收盤")
    with pytest.raises(KeyError, match="there are"):
        data.get("x")
    with pytest.raises(KeyError):
        data.get(["price:收盤價"])  # type: ignore[arg-type]


def test_a_huge_unknown_key_is_cut_before_it_is_compared(data: Data) -> None:
    with pytest.raises(KeyError) as caught:
        data.get("價" * 10_000_000)
    assert len(str(caught.value)) < 2000


def _manifest(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], object]:
    def spoil(folder: Path) -> None:
        manifest = json.loads((folder / "manifest.json").read_text())
        change(manifest)
        (folder / "manifest.json").write_text(json.dumps(manifest))

    return spoil


def _table(change: dict[str, Any]) -> Callable[[Path], object]:
    return _manifest(lambda m: m["tables"][CLOSE].update(change))


def _save(name: str, values: Any) -> Callable[[Path], object]:
    return lambda folder: np.save(folder / name, values)


def _replace(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


def _link(folder: Path) -> None:
    (folder / "t0.npy").rename(folder / "other")
    (folder / "t0.npy").symlink_to("other")


def _pipe(folder: Path) -> None:
    (folder / "t0.npy").unlink()
    os.mkfifo(folder / "t0.npy")


SPOILED: dict[str, tuple[Callable[[Path], object], str]] = {
    "no manifest": (lambda f: (f / "manifest.json").unlink(), "manifest.json: No such file"),
    "a manifest that is not JSON": (_replace("manifest.json", b"{"), "manifest.json is not JSON"),
    "a manifest of nested lists": (_replace("manifest.json", b"[" * 100_000), "manifest.json is not JSON"),
    "a manifest that is a list": (_replace("manifest.json", b"[]"), "not a JSON object"),
    "an oversized manifest": (_replace("manifest.json", b" " * ((16 << 20) + 1)), "larger than"),
    "another format": (_manifest(lambda m: m.update(format="x")), "format is 'x'"),
    "a manifest without tables": (_manifest(lambda m: m.pop("tables")), "malformed: KeyError"),
    "tables that are a list": (_manifest(lambda m: m.update(tables=[])), "malformed: AttributeError"),
    "a role without its table": (_manifest(lambda m: m["roles"].update(close="nope")), "role close"),
    "a symbol twice": (_manifest(lambda m: m.update(symbols=["a", "a", "b", "c"])), "unique"),
    "a file outside the folder": (_table({"file": "../t0.npy"}), "file name '../t0.npy' is not allowed"),
    "an unknown dtype": (_table({"dtype": "O"}), "dtype 'O' is unknown"),
    "a shape that does not fit": (_table({"shape": [121, 4]}), r"shape \[121, 4\] is not \[120, 4\]"),
    "a missing file": (lambda f: (f / "t0.npy").unlink(), "t0.npy: No such file"),
    "a symbolic link": (_link, "t0.npy: Too many levels of symbolic links"),
    "a pipe": (_pipe, "t0.npy is not a regular file"),
    "a header of another shape": (_save("t0.npy", np.zeros((4, 120))), "t0.npy holds"),
    "a header of another dtype": (_save("t0.npy", np.zeros((120, 4), dtype="f4")), "t0.npy holds"),
    "columns first": (_save("t0.npy", np.asfortranarray(np.zeros((120, 4)))), "t0.npy holds"),
    "a pickled table": (_save("t0.npy", np.full((120, 4), None)), "t0.npy holds object"),
    "no .npy file": (_replace("t0.npy", b"hello"), "t0.npy is not a readable .npy file"),
    "an unknown .npy version": (_replace("t0.npy", b"\x93NUMPY\x09\x00" + b" " * 200), "version"),
    "a truncated table": (lambda f: os.truncate(f / "t0.npy", 1000), "truncated or overgrown"),
    "an empty table": (lambda f: os.truncate(f / "t0.npy", 0), "t0.npy is not a readable .npy file"),
    "dates that fall": (_save("dates.npy", np.arange(120, 0, -1, dtype="i4")), "strictly increasing"),
    "dates twice": (_save("dates.npy", np.zeros(120, dtype="i4")), "strictly increasing"),
    "dates that are fractions": (_save("dates.npy", np.arange(120, dtype="f4")), "dates.npy holds"),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_dataset_is_an_error_that_names_the_file(name: str, folder: Path) -> None:
    spoil, message = SPOILED[name]
    spoil(folder)
    with pytest.raises(DatasetError, match=message):
        open_dataset(folder)


def test_later_npy_versions_open_too(folder: Path) -> None:
    npy: Any = np.lib.format
    with (folder / "t0.npy").open("wb") as file:
        npy.write_array(file, np.ones((120, 4)), version=(2, 0))
    assert (open_dataset(folder).get(CLOSE) == 1).all().all()


def test_an_indicator_can_use_adjusted_prices(data: Data) -> None:
    plain = data.indicator("SMA", timeperiod=5)
    adjusted = data.indicator("SMA", timeperiod=5, adjust_price=True)
    pd.testing.assert_frame_equal(adjusted, plain * 0.9)
    pd.testing.assert_frame_equal(data.indicator("OBV", adjust_price=True), data.indicator("OBV"))
    with pytest.raises(ValueError, match="resample='M' is not available"):
        data.indicator("SMA", resample="M")
