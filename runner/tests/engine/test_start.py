"""What the runner leaves when it cannot even begin."""

import json
import subprocess
from pathlib import Path

import pytest
from tests.engine.runs import DATASET, RUNNER

TASK = {
    "version": 1,
    "runUID": "uid",
    "attempt": 1,
    "gateMode": "Enforce",
    "deadlineMillis": 1,
    "cpuMillis": 1,
    "threads": 1,
}


def start(folder: Path) -> "subprocess.CompletedProcess[str]":
    flags = {
        "task": folder / "task.json",
        "source": folder / "strategy.py",
        "record": folder / "record",
        "dataset": DATASET,
    }
    command = [str(RUNNER), *(f"--{name}={path}" for name, path in flags.items())]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (None, "strategy.py: no such file or directory"),
        ("#" * (128 << 10) + "\n", "131073 bytes, at most 131072 are allowed"),
    ],
    ids=["no source", "a source over the cap"],
)
def test_code_that_cannot_be_read_is_told(tmp_path: Path, source: str | None, message: str) -> None:
    (tmp_path / "task.json").write_text(json.dumps(TASK))
    if source is not None:
        (tmp_path / "strategy.py").write_text(source)
    assert start(tmp_path).returncode == 1
    record = json.loads((tmp_path / "record").read_text())
    assert (record["verdict"], record["run"]) == ("RunnerFailed", "uid")
    assert message in record["message"]


@pytest.mark.parametrize(
    "task", [None, "{", json.dumps(TASK | {"version": 9})], ids=["none", "half", "of another release"]
)
def test_without_a_task_there_is_no_record(tmp_path: Path, task: str | None) -> None:
    if task is not None:
        (tmp_path / "task.json").write_text(task)
    done = start(tmp_path)
    assert done.returncode == 1
    assert (tmp_path / "record").read_text() == ""
    assert json.loads(done.stderr.splitlines()[-1])["msg"] == "no verdict"
