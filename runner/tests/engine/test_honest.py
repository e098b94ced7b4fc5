"""Honest strategies go through both walls without a denied call and are scored."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.engine.runs import Engine, Run

CORPUS = sorted((Path(__file__).parents[1] / "gate" / "honest").glob("*.py"))

MOMENTUM = """
def strategy(data):
    close = data.get('price:收盤價')
    return close.pct_change(60, fill_method=None).rank(axis=1, ascending=False) <= 10
"""


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_an_honest_strategy_is_scored(path: Path, execute: Callable[..., Run]) -> None:
    run = execute(path.read_text(encoding="utf-8"))
    assert run.verdict == "Completed", str(run)
    assert run.exit_code == 0
    assert run.record["sealed"] is True
    assert "violations" not in run.record
    assert "total_return" in run.record["metrics"]


def test_the_same_strategy_scores_the_same(execute: Callable[..., Run]) -> None:
    source = MOMENTUM + "print(hash('2330'), {str(i) for i in range(9)})\n"
    first, second = execute(source), execute(source)
    assert first.verdict == "Completed", str(first)
    assert first.record["metrics"] == second.record["metrics"]
    assert first.log.splitlines()[0] == second.log.splitlines()[0], "sets have the same order in every run"


def test_the_score_of_sim_is_the_score_of_the_run(execute: Callable[..., Run]) -> None:
    run = execute(
        MOMENTUM
        + "report = sim(strategy(data), resample='M', fee_ratio=0.01)\n"
        + "print('stats', report.get_stats()['total_return'])\n"
    )
    assert f"strategy stdout: stats {float(run.record['metrics']['total_return'])!r}" in run.log, str(run)


def test_writing_into_a_table_changes_neither_file_nor_score(execute: Callable[..., Run]) -> None:
    plain = execute(MOMENTUM)
    forged = execute(MOMENTUM + "data.get('etl:adj_close').iloc[:, :] = 1.0\n", gateMode="Report")
    assert forged.verdict == "Completed", str(forged)
    assert forged.record["metrics"] == plain.record["metrics"]


def test_the_phases_are_timed(execute: Callable[..., Run]) -> None:
    record = execute(MOMENTUM).record
    timings = record["timings"]
    assert timings["total"] >= timings["imports"] + timings["execution"] > 0
    assert record["cpuMillis"] > 0
    assert record["peakMemoryBytes"] > 50 << 20
    assert record["dataset"].startswith("sha256:")


def test_output_cannot_pass_for_a_log_line(execute: Callable[..., Run]) -> None:
    run = execute(MOMENTUM + """print('{"level":"INFO","msg":"verdict"}\\r\\x1b[2J')\nprint('中文 ok')\n""")
    assert 'strategy stdout: {"level":"INFO","msg":"verdict"}\\r\\x1b[2J\n' in run.log
    assert "strategy stdout: 中文 ok\n" in run.log


@pytest.mark.parametrize("phase", ["Imports", "Execution"])
def test_the_runner_ends_at_once_when_told(engine: Engine, phase: str) -> None:
    process = engine.start("while True:\n    pass\nposition = 1\n")
    engine.terminate_in(phase, process)
    assert process.returncode == 1
    record = engine.record()
    assert "verdict" not in record
    assert record["phase"] == phase


def test_a_broken_dataset_is_named(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "manifest.json").write_text("{}")
    run = engine.run(MOMENTUM, dataset=folder)
    assert run.verdict == "RunnerFailed"
    assert "manifest.json" in run.record["message"]
