"""Which sources of the functional suite pass the gate? internal/functional lets the others past it, by their digest."""

from pathlib import Path

import pytest

from stratbox_runner import gate

PROBES = Path(__file__).parents[3] / "internal" / "functional" / "probes"
HONEST = ("deadline", "function", "oom", "output", "raises", "script")
HOSTILE = sorted({file.stem for file in PROBES.glob("*.py")} - set(HONEST))


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_source_passes(name: str) -> None:
    gate.check((PROBES / f"{name}.py").read_bytes())


@pytest.mark.parametrize("name", ["denied", "neighbour"])
def test_a_probe_would_be_refused(name: str) -> None:
    with pytest.raises(gate.Rejected):
        gate.check((PROBES / f"{name}.py").read_bytes())


def test_every_source_is_one_or_the_other() -> None:
    assert len(HOSTILE) == 10
