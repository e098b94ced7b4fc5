"""Prints what the gate costs, next to the parsing and compiling that would be done without it.

Usage: make bench-gate
"""

import ast
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from stratbox_runner import gate

HONEST = sorted((Path(__file__).parent / "honest").glob("*.py"))
TYPICAL_BYTES = 6 * 1024
ROUNDS = 100


def _typical() -> bytes:
    """Honest strategies one after another, up to the size of a long one."""
    whole = b""
    for path in HONEST:
        source = path.read_bytes()
        if b"__future__" not in source and len(whole) + len(source) < TYPICAL_BYTES:
            whole += source + b"\n"
    return whole


def _milliseconds(work: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Return the shortest and the median time of one call."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1e3)
    return min(times), statistics.median(times)


def _print(label: str, source: bytes, rounds: int) -> None:
    text = source.decode()

    def plain() -> object:
        return compile(ast.parse(text), gate.FILE_NAME, "exec", dont_inherit=True)

    checked, unchecked = _milliseconds(lambda: gate.check(source), rounds), _milliseconds(plain, rounds)
    print(
        f"{label:<22} {len(source):>7,} bytes   gate {checked[0]:7.2f} ms (median {checked[1]:7.2f})"
        f"   parse and compile {unchecked[0]:7.2f} ms   ratio {checked[0] / unchecked[0]:4.1f}"
    )


if __name__ == "__main__":
    _print("a typical long one", _typical(), ROUNDS)
    _print("128 KiB of honest code", _typical() * (gate.source.MAX_SOURCE_BYTES // (TYPICAL_BYTES + 200)), 5)
