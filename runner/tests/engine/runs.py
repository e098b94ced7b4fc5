"""Runs the runner's program as a Pod would, and reads the record it leaves."""

import contextlib
import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[3]
RUNNER = REPOSITORY / "bin" / "runner"
DATASET = REPOSITORY / ".artifacts" / "datasets" / "engine"


@dataclass(frozen=True)
class Run:
    """How one strategy ended."""

    record: dict[str, Any]
    log: str
    exit_code: int

    @property
    def verdict(self) -> str:
        return str(self.record["verdict"])

    @property
    def denied(self) -> set[str]:
        return {violation["syscall"] for violation in self.record.get("violations", [])}

    def __str__(self) -> str:
        return f"{self.record.get('verdict')}: {self.record.get('message')}\n{self.log}"


class Engine:
    """The runner's program with its files in a folder of the test's."""

    def __init__(self, folder: Path, harness: Path) -> None:
        self.folder = folder
        self.harness = harness

    def start(self, source: str, **task: Any) -> "subprocess.Popen[str]":
        whole = {
            "version": 1, "runUID": "uid", "attempt": 1, "gateMode": "Enforce",
            "deadlineMillis": 60_000, "cpuMillis": 60_000, "threads": 1,
        } | task  # fmt: skip
        dataset = whole.pop("dataset", DATASET)
        (self.folder / "task.json").write_text(json.dumps(whole))
        (self.folder / "strategy.py").write_text(source, encoding="utf-8")
        flags = {
            "task": self.folder / "task.json", "source": self.folder / "strategy.py", "dataset": dataset,
            "record": self.folder / "record", "cgroup": self.folder, "harness": self.harness,
        }  # fmt: skip
        return subprocess.Popen(
            [str(RUNNER), *(f"--{name}={value}" for name, value in flags.items())],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="surrogateescape",
        )  # fmt: skip

    def record(self) -> dict[str, Any]:
        record: dict[str, Any] = json.loads((self.folder / "record").read_text())
        return record

    def run(self, source: str, **task: Any) -> Run:
        process = self.start(source, **task)
        log, _ = process.communicate(timeout=120)
        return Run(self.record(), log, process.returncode)

    def terminate_in(self, phase: str, process: "subprocess.Popen[str]") -> float:
        """Send SIGTERM once the record says that the phase has begun; returns how long the end took."""
        while process.poll() is None:
            # A record that is read while it is written may be half of two.
            with contextlib.suppress(FileNotFoundError, ValueError):
                if self.record()["phase"] == phase:
                    break
            os.sched_yield()
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        return time.monotonic() - began
