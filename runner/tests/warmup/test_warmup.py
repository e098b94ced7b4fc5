"""After the warm-up, ordinary code reaches for no file, and for no module that exists."""

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent

# Modules that the image does not have, or that no strategy may use: asking for them is an ImportError or has no effect.
ABSENT = re.compile(
    r"import (scipy|talib|finlab|sklearn|matplotlib|numpy\.testing|os\.nothing|pandas\.nothing|logging|_suggestions"
    r"|pandas\.io\.formats\.style|importlib\.metadata)"
)


@pytest.fixture(scope="module", params=["all builtins", "restricted"])
def audited(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, str(HERE / "audit.py"), request.param], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    report: list[dict[str, Any]] = json.loads(done.stdout)
    return report


def test_nothing_is_asked_of_the_operating_system(audited: list[dict[str, Any]]) -> None:
    assert len(audited) > 300
    late = {a["line"]: [e for e in a["events"] if not ABSENT.match(e)] for a in audited}
    assert {line: events for line, events in late.items() if events} == {}


def test_no_ordinary_line_lacks_a_module(audited: list[dict[str, Any]]) -> None:
    """An ImportError of a module that exists means that the warm-up forgot it."""
    for a in audited:
        missing = re.match(r"(?:Module|Import)NotFoundError: No module named '([\w.]+)'", a["error"])
        if missing and not ABSENT.match(f"import {missing[1]}"):
            assert importlib.util.find_spec(missing[1]) is None, a


def test_the_lines_do_what_they_say(audited: list[dict[str, Any]]) -> None:
    """Most lines work; those that fail do so for the reason they were written for."""
    failed = {a["line"] for a in audited if a["error"]}
    assert len(failed) < 90
    assert {"1 / 0", "undefined_name", "close['nope']", "exec('import scipy')"} <= failed
