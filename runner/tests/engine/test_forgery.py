"""Whatever a strategy does to its own process, it gets the score of the positions that arrive, or none."""

from collections.abc import Callable

import pytest
from tests.engine.runs import Run

HONEST = """
close = data.get('price:收盤價')
position = close.pct_change(60, fill_method=None).rank(axis=1, ascending=False) <= 10
"""

# What the process would send if the strategy were honest, and the pieces to send something else.
PIECES = """
import builtins, ctypes, gc, json, os, struct, sys, threading, time
from stratbox_runner import positions, simulator, strategy, wire

def frame(kind, document, payload=b''):
    text = json.dumps(document).encode()
    return struct.pack('<4sB3xI4xQ', b'SBF1', kind, len(text), len(payload)) + text + payload

def table(value):
    head, cells = positions.encode(value)
    return head + bytes(cells)

def send(data):
    view = memoryview(data)
    while view:
        view = view[os.write(4, view):]
"""


@pytest.fixture(scope="module")
def honest(request: pytest.FixtureRequest) -> dict[str, dict[str, str]]:
    """Scores of honest strategies by their source; each is run once."""
    return {}


@pytest.fixture
def score_of(execute: Callable[..., Run], honest: dict[str, dict[str, str]]) -> Callable[[str], dict[str, str]]:
    def score(source: str) -> dict[str, str]:
        if source not in honest:
            run = execute(source)
            assert run.verdict == "Completed", str(run)
            honest[source] = run.record["metrics"]
        return honest[source]

    return score


# Each leaves the positions of HONEST behind, and tries to be told something better about them.
SAME = {
    "markers and records on stdout": (
        """print('__SIGNAL_JSON_START__{"daily_sharpe": 99}__SIGNAL_JSON_END__')\n"""
        """print('{"v":1,"phase":"Finished","verdict":"Completed","metrics":{"daily_sharpe":"99"}}')\n"""
        """print('{"daily_sharpe": 99}', file=sys.stderr)"""
    ),
    "arithmetic of pandas": (
        "pd.DataFrame.pct_change = pd.DataFrame.sum = pd.DataFrame.mean = lambda *a, **k: 99\n"
        "pd.Series.std = lambda *a, **k: 1e-9"
    ),
    "arithmetic of numpy": "np.mean = np.std = np.sqrt = np.nanmean = lambda *a, **k: 99.0",
    "builtins": "builtins.float = builtins.round = builtins.max = lambda *a, **k: 99",
    "the numbers of a report": (
        "report = sim(position)\nreport._stats.update(daily_sharpe=99.0, total_return=99.0)\n"
        "type(report).get_stats = lambda self: {'daily_sharpe': 99.0}"
    ),
    "every report and dictionary of numbers in memory": (
        "report = sim(position)\n"
        "for thing in gc.get_objects():\n"
        "    if type(thing) is dict and 'daily_sharpe' in thing:\n"
        "        thing['daily_sharpe'] = 99.0"
    ),
    "the answer of the runner": (
        "wire.read = lambda fd: wire.Frame(wire.Kind.STATS, {'metrics': {'daily_sharpe': '99'}}, b'')\n"
        "assert sim(position).get_stats()['daily_sharpe'] == 99.0"
    ),
    "costs of nothing": "report = sim(position, fee_ratio=0, tax_ratio=0)",
    "costs below nothing": "simulator.DEFAULTS.update(feeRatio=-0.01, taxRatio=-0.01)",
    "the dataset": (
        "for key in ('etl:adj_close', 'price:收盤價'):\n"
        "    prices = data.get(key)\n    prices.iloc[:, :] = 1e6\n    prices.values[...] = 1e6"
    ),
    "rows in another order": "position = position.iloc[np.random.default_rng(1).permutation(len(position))]",
    "columns in another order": "position = position[list(position.columns)[::-1]]",
    "signals for days after the last": (
        "later = position.copy()\nlater.index = later.index + pd.Timedelta(days=3650)\n"
        "position = pd.concat([position, later.iloc[:300]])"
    ),
    "signals for the year 9000": (
        "far = position.iloc[:1].copy()\nfar.index = pd.DatetimeIndex(np.array(['9000-01-01'], 'datetime64[s]'))\n"
        "position = pd.concat([position.set_axis(position.index.astype('datetime64[s]')), far])"
    ),
    "signals from before the opening of the market": "position.index = position.index + pd.Timedelta(hours=1)",
    "signals from just before midnight": "position.index = position.index + pd.Timedelta(hours=23, minutes=59)",
    "the options of a class of its own": (
        "class Position(pd.DataFrame):\n    daily_sharpe = 99\n    options = {'feeRatio': -1}\nposition = Position(position)"
    ),
    "the way out": "os._exit = lambda code: None",
    "the exit code": "os._exit = lambda code: ctypes.CDLL(None).syscall(231, 3)",
}


@pytest.mark.parametrize("name", SAME)
def test_forging_changes_no_score(
    name: str, execute: Callable[..., Run], score_of: Callable[..., dict[str, str]]
) -> None:
    run = execute(HONEST + PIECES + SAME[name], gateMode="Report")
    assert run.verdict == "Completed", str(run)
    assert run.record["metrics"] == score_of(HONEST)


# Each sends another table than the one it shows; that other table is what is scored.
OTHER = HONEST.replace("<= 10", "<= 3")
SWAPPED = {
    "a patched encoder": "encode = positions.encode\nstrategy.encode = lambda table: encode(other)",
    "a patched writer": (
        "write = wire.write\nhead, cells = positions.encode(other)\n"
        "wire.write = lambda fd, kind, document, *parts: write(fd, kind, document, head, cells)"
    ),
    "a frame by hand": "send(frame(18, simulator.DEFAULTS, table(other)))\nos._exit(0)",
    "a frame by hand, then a crash": "send(frame(18, simulator.DEFAULTS, table(other)))\nctypes.string_at(0)",
    "a module put in another's place": (
        "import types\nfake = types.ModuleType('positions')\nfake.encode = positions.encode\n"
        "real = strategy.encode\nsys.modules['stratbox_runner.positions'] = fake\nstrategy.encode = lambda table: real(other)"
    ),
    "a table that is another when it is looked at twice": (
        "class Position(pd.DataFrame):\n    def to_numpy(self, *a, **k):\n        return other.to_numpy(*a, **k)\n"
        "position = Position(position)"
    ),
}


@pytest.mark.parametrize("name", SWAPPED)
def test_the_positions_that_arrive_are_scored(
    name: str, execute: Callable[..., Run], score_of: Callable[..., dict[str, str]]
) -> None:
    other = "other = close.pct_change(60, fill_method=None).rank(axis=1, ascending=False) <= 3\n"
    run = execute(HONEST + PIECES + other + SWAPPED[name], gateMode="Report")
    assert run.verdict == "Completed", str(run)
    assert run.record["metrics"] == score_of(OTHER)


# Each leaves no table that can be scored; the second text is part of the message.
INVALID = {
    "a second result": ("send(frame(18, simulator.DEFAULTS, table(position)) * 2)\nos._exit(0)", "sent more after"),
    "a byte after the result": ("send(frame(18, simulator.DEFAULTS, table(position)) + b'x')\nos._exit(0)", "sent more"),
    "half a result": ("send(frame(18, simulator.DEFAULTS, table(position))[:5000])\nos._exit(0)", "no position table"),
    "a result without its last byte": ("send(frame(18, simulator.DEFAULTS, table(position))[:-1])\nos._exit(0)", "no position"),
    "half a result and a closed pipe": (
        "send(frame(18, simulator.DEFAULTS, table(position))[:5000])\nos.close(4)\ntime.sleep(30)", "closed the pipe"),
    "no result": ("os._exit(0)", "no position table"),
    "metrics beside the options": (
        "send(frame(18, {**simulator.DEFAULTS, 'metrics': {'daily_sharpe': '99'}}, table(position)))\nos._exit(0)",
        "trading options"),
    "the runner's own kind of frame": ("send(frame(2, {'metrics': {'daily_sharpe': 99}}))\nos._exit(0)", "no result"),
    "a frame of a kind there is not": ("send(frame(255, {}))\nos._exit(0)", "no result"),
    "the gate's frame": ("send(frame(16, {'accepted': True}))\nos._exit(0)", "no result"),
    "a table with a longer header than body": (
        "t = bytearray(table(position))\nt[4:8] = struct.pack('<I', len(position) + 1)\n"
        "send(frame(18, simulator.DEFAULTS, bytes(t)))\nos._exit(0)", "malformed"),
    "a table of four billion rows": (
        "t = bytearray(table(position))\nt[4:12] = b'\\xff' * 8\nsend(frame(18, simulator.DEFAULTS, bytes(t)))\nos._exit(0)",
        "at most"),
    "a payload of all memory": ("send(struct.pack('<4sB3xI4xQ', b'SBF1', 18, 0, 2**63))\ntime.sleep(30)", "at most"),
    "a document of all memory": ("send(struct.pack('<4sB3xI4xQ', b'SBF1', 18, 2**32 - 1, 0))\ntime.sleep(30)", "no result"),
    "flags of 255": (
        "t = bytearray(table(position))\nt[-1] = 255\nsend(frame(18, simulator.DEFAULTS, bytes(t)))\nos._exit(0)", "flags"),
    "weights that are infinite": ("position = position * np.inf", "finite"),
    "one weight that is infinite": ("position = position.astype(float)\nposition.iloc[300, 5] = np.inf", "finite"),
    "one weight of minus infinity": ("position = position.astype(float)\nposition.iloc[300, 5] = -np.inf", "finite"),
    "one weight of 1e300": ("position = position.astype(float)\nposition.iloc[300, 5] = 1e300", "at most"),
    "nothing but NaN": ("position = position * np.nan", "NaN"),
    "objects": ("position = position.astype(object)\nposition.iloc[0, 0] = object()", "not numeric"),
    "texts that look like numbers": ("position = position.astype(int).astype(str)", "not numeric"),
    "complex numbers": ("position = position * 1j", "not numeric"),
    "numbers for dates": ("position = position.reset_index(drop=True)", "no date index"),
    "missing dates": ("position.index = [pd.NaT, *position.index[1:]]", "missing dates"),
    "the same date twice": ("position = pd.concat([position, position.iloc[5:6]])", "two rows have the date"),
    "the same day twice, at different hours": (
        "again = position.iloc[5:6]\nagain.index = again.index + pd.Timedelta(hours=5)\nposition = pd.concat([position, again])",
        "two rows have the date"),
    "the same stock twice": ("position = position.set_axis([*position.columns[1:], position.columns[1]], axis=1)", "same stock"),
    "a stock more than there are": ("position = pd.concat([position, position.iloc[:, :1]], axis=1)", "at most"),
    "a sum that lies about the length": ("builtins.sum = lambda *a, **k: 99", "sent more after"),
    "unknown stocks": ("position = position.rename(columns={position.columns[0]: 'TSLA'})", "no stock id"),
    "a stock with a line feed in its name": ("position = position.rename(columns={position.columns[0]: '1\\n2'})", "no stock id"),
    "dates of another century only": ("position.index = position.index - pd.Timedelta(days=40000)", "outside"),
    "no rows": ("position = position.iloc[:0]", "empty"),
    "no columns": ("position = position.iloc[:, :0]", "empty"),
    "an array": ("position = position.to_numpy()", "DataFrame"),
    "a stop below nothing": ("send(frame(18, {**simulator.DEFAULTS, 'stopLoss': -1}, table(position)))\nos._exit(0)",
                             "stop_loss"),
    "a limit above all": ("send(frame(18, {**simulator.DEFAULTS, 'positionLimit': 9}, table(position)))\nos._exit(0)",
                          "position_limit"),
    "costs that are no number": (
        "send(frame(18, {**simulator.DEFAULTS, 'feeRatio': '0'}, table(position)))\nos._exit(0)", "trading options"),
    "a period of 60,000 letters": (
        "send(frame(18, {**simulator.DEFAULTS, 'resample': 'W' * 60000}, table(position)))\nos._exit(0)", "resample"),
    "more questions than a run may ask": ("for _ in range(70):\n    sim(position)", "sim() more than 64 times"),
}  # fmt: skip


@pytest.mark.parametrize("name", INVALID)
def test_what_is_no_position_table_is_refused(name: str, execute: Callable[..., Run]) -> None:
    code, message = INVALID[name]
    run = execute(HONEST + PIECES + code, gateMode="Report")
    assert run.verdict == "ResultInvalid", str(run)
    assert message in run.record["message"]
    assert "metrics" not in run.record
    assert run.exit_code == 1


def test_a_table_that_changes_while_it_is_sent_is_scored_or_refused(execute: Callable[..., Run]) -> None:
    """A thread writes into the cells. Torn tables are still tables of flags, and no crash of the runner."""
    code = """
cells = np.ascontiguousarray(position.to_numpy())
position = pd.DataFrame(cells, index=position.index, columns=position.columns)
def spoil():
    while True:
        cells.view(np.uint8)[...] ^= 0x55
threading.Thread(target=spoil, daemon=True).start()
"""
    run = execute(HONEST + PIECES + code, gateMode="Report")
    assert run.verdict in ("Completed", "ResultInvalid"), str(run)
