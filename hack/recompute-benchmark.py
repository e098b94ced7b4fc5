#!/usr/bin/env python3
"""Computes a benchmark's figures anew from its raw samples, without any of the operator's code.

The samples are those of the benchmark's ConfigMap: the ConfigMap itself as JSON, samples.json, or samples.json.gz.

    kubectl get configmap validation-samples -o json | hack/recompute-benchmark.py --functional passed
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import math
import statistics
import sys
from pathlib import Path
from typing import Any

MIN_PAIRS = 20
Interval = dict[str, float | None]


def read_samples(raw: bytes) -> dict[str, Any]:
    """Plain or compressed samples, or the ConfigMap that holds either."""
    if raw[:2] == b"\x1f\x8b":
        raw = gzip.decompress(raw)
    document: dict[str, Any] = json.loads(raw)
    if document.get("kind") == "ConfigMap":
        if plain := (document.get("data") or {}).get("samples.json"):
            return read_samples(plain.encode())
        return read_samples(base64.b64decode(document["binaryData"]["samples.json.gz"]))
    if document.get("version") != 1:
        raise SystemExit(f"the samples have version {document.get('version')}, not 1")
    return document


def counts(pair: dict[str, Any], baseline: str) -> bool:
    """Whether both halves were scored, in their mode, on the same data, and took time."""
    halves = [(pair["sandbox"], "Sandbox"), (pair["baseline"], baseline)]
    return (
        not pair.get("excluded")
        and all(half["verdict"] == "Completed" and half["mode"] == mode for half, mode in halves)
        and all(half["times"]["total"] > 0 for half, _ in halves)
        and pair["sandbox"].get("dataset") == pair["baseline"].get("dataset")
    )


def t_distribution(t: float, freedom: int) -> float:
    """Probability that a t-distributed number is less than t >= 0: the density, integrated by Simpson's rule."""
    log_scale = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - math.log(freedom * math.pi) / 2
    steps = 2000
    # With x = sqrt(freedom) * tan(angle), the density becomes a power of the cosine: smooth, on a bounded stretch.
    end = math.atan(t / math.sqrt(freedom))
    width = end / steps

    def density(angle: float) -> float:
        return math.cos(angle) ** (freedom - 1)

    area = density(0) + density(end)
    area += 4 * sum(density(width * i) for i in range(1, steps, 2)) + 2 * sum(
        density(width * i) for i in range(2, steps, 2)
    )
    return 0.5 + math.exp(log_scale) * math.sqrt(freedom) * area * width / 3


def t_quantile(confidence: float, freedom: int) -> float:
    """How many standard errors to each side hold so much of the t distribution, by bisection."""
    wanted = (1 + confidence) / 2
    low, high = 0.0, 1.0
    while t_distribution(high, freedom) < wanted:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if t_distribution(middle, freedom) < wanted else (low, middle)
    return (low + high) / 2


def percent(log_ratio: float) -> float:
    return round(math.expm1(log_ratio) * 100, 9)


def paired_interval(ratios: list[float], confidence: float) -> Interval | None:
    """The geometric mean of the ratios as a percentage, with the t interval of the mean of their logarithms."""
    if not ratios:
        return None
    logs = [math.log(ratio) for ratio in ratios]
    mean = math.fsum(logs) / len(logs)
    if len(logs) == 1:
        return {"percent": percent(mean), "lower": None, "upper": None, "confidence": confidence}
    error = statistics.stdev(logs) / math.sqrt(len(logs))
    reach = t_quantile(confidence, len(logs) - 1) * error
    return {
        "percent": percent(mean),
        "lower": percent(mean - reach),
        "upper": percent(mean + reach),
        "confidence": confidence,
    }


def mean_interval(sandbox: list[int], reference: list[int], confidence: float) -> Interval | None:
    """The overhead of the means with the interval of a ratio estimator (Cochran, Sampling Techniques, section 6.3)."""
    number = len(sandbox)
    if number == 0:
        return None
    ratio = sum(sandbox) / sum(reference)
    overhead = (sum(sandbox) - sum(reference)) * 100 / sum(reference)
    if number == 1:
        return {"percent": overhead, "lower": None, "upper": None, "confidence": confidence}
    residuals = [first - ratio * second for first, second in zip(sandbox, reference, strict=True)]
    variance = math.fsum(residual**2 for residual in residuals) / (number - 1)
    reach = t_quantile(confidence, number - 1) * math.sqrt(variance / number) / (sum(reference) / number) * 100
    return {
        "percent": overhead,
        "lower": round(overhead - reach, 9),
        "upper": round(overhead + reach, 9),
        "confidence": confidence,
    }


def median_interval(ratios: list[float], confidence: float) -> Interval | None:
    """The median of the ratios as a percentage, between two of them in order of size.

    How many of n ratios lie below the true median is binomially distributed. Starting in the middle, the likeliest
    remaining place is added until the places together are likely enough.
    """
    if not ratios:
        return None
    ordered = sorted(round((ratio - 1) * 100, 9) for ratio in ratios)
    number = len(ordered)
    likely = [math.comb(number, below) / 2**number for below in range(number + 1)]
    low = (number + 1) // 2 if number % 2 == 0 else number // 2
    high = low + 1  # the places low, low + 1, ..., high - 1: from the low-th smallest ratio to the high-th
    total = likely[low]
    while total < confidence and (low > 0 or high <= number):
        left = likely[low - 1] if low > 0 else 0.0
        right = likely[high] if high <= number else 0.0
        if left >= right:
            low, total = low - 1, total + left
        else:
            high, total = high + 1, total + right
    return {
        "percent": statistics.median(ordered),
        "lower": ordered[low - 1] if low > 0 else None,
        "upper": ordered[high - 1] if high <= number else None,
        "confidence": total,
    }


def planned_looks(iterations: int, maximum: int) -> list[int]:
    """The numbers of valid pairs at which the benchmark may stop."""
    looks = [iterations]
    while looks[-1] < maximum:
        looks.append(min(2 * looks[-1], maximum))
    return looks


def inside(interval: Interval, low: float, high: float) -> bool:
    lower, upper = interval["lower"], interval["upper"]
    above = low == -math.inf or (lower is not None and lower >= low)
    below = high == math.inf or (upper is not None and upper < high)
    return above and below


def decide(options: argparse.Namespace, figures: dict[str, Any]) -> tuple[str, bool, str]:
    """Decision (empty if there is none), whether it is conclusive, and the reason."""
    smoke = options.iterations < MIN_PAIRS
    if options.functional == "failed":
        return "DoNotUse", not smoke, "SmokeTest" if smoke else "Conclusive"
    if options.functional == "disturbed":
        return "", False, "TestsDisturbed"
    if figures["validPairs"] == 0:
        return "", False, "TooFewPairs"
    if figures["baselineMeanMillis"] < options.floor_millis:
        return "", False, "BaselineTooShort"
    if options.baseline == "Sandbox":
        return "", False, "SelfTest"
    bands = {
        "EnableByDefault": (-math.inf, options.optional),
        "Optional": (options.optional, options.document_only),
        "DocumentOnly": (options.document_only, math.inf),
    }
    decision = next(name for name, (low, high) in bands.items() if low <= figures["overheadPercent"] < high)
    checks = [
        (not smoke, "SmokeTest"),
        (options.functional == "passed", "SuiteDisabled"),
        (figures["validPairs"] >= MIN_PAIRS, "TooFewPairs"),
        (inside(figures["paired"], *bands[decision]), "IntervalStraddles"),
        (inside(figures["mean"], *bands[decision]), "IntervalStraddles"),
        (inside(figures["median"], *bands[decision]), "IntervalStraddles"),
    ]
    for holds, reason in checks:
        if not holds:
            return decision, False, reason
    return decision, True, "Conclusive"


def recompute(options: argparse.Namespace, samples: dict[str, Any]) -> dict[str, Any]:
    extendable = options.iterations >= MIN_PAIRS and options.functional == "passed" and options.baseline == "ASTOnly"
    looks = planned_looks(options.iterations, options.max_iterations if extendable else 0)
    pairs = samples["pairs"] or []
    valid = [pair for pair in pairs if counts(pair, options.baseline)]
    sandbox = [pair["sandbox"]["times"]["total"] for pair in valid]
    reference = [pair["baseline"]["times"]["total"] for pair in valid]
    cpu = [
        pair["sandbox"]["cpuMillis"] / pair["baseline"]["cpuMillis"]
        for pair in valid
        if pair["sandbox"]["cpuMillis"] > 0 and pair["baseline"]["cpuMillis"] > 0
    ]
    ratios = [first / second for first, second in zip(sandbox, reference, strict=True)]
    level = 1 - 0.05 / len(looks)
    figures: dict[str, Any] = {
        "validPairs": len(valid),
        "excludedPairs": len(pairs) - len(valid),
        "plannedLooks": len(looks),
        "overheadPercent": (sum(sandbox) - sum(reference)) * 100 / sum(reference) if valid else None,
        "sandboxMeanMillis": sum(sandbox) / len(valid) if valid else None,
        "baselineMeanMillis": sum(reference) / len(valid) if valid else None,
        "paired": paired_interval(ratios, level),
        "mean": mean_interval(sandbox, reference, level),
        "median": median_interval(ratios, 1 - 0.02 / len(looks)),
        "cpu": paired_interval(cpu, level),
        "cpuPairs": len(cpu),
    }
    figures["decision"], figures["conclusive"], figures["reason"] = decide(options, figures)
    return figures


def text(figures: dict[str, Any]) -> str:
    lines = [f"{'pairs':22} {figures['validPairs']} valid, {figures['excludedPairs']} excluded"]
    if figures["validPairs"]:
        sandbox, baseline = figures["sandboxMeanMillis"], figures["baselineMeanMillis"]
        lines.append(f"{'mean iteration':22} {sandbox:.1f} ms, baseline {baseline:.1f} ms")
        lines.append(f"{'overhead':22} {figures['overheadPercent']:.4f} %")
    for name in ("paired", "mean", "median", "cpu"):
        if (interval := figures[name]) is None:
            lines.append(f"{name:22} none")
            continue
        ends = [f"{end:.4f}" if end is not None else "unknown" for end in (interval["lower"], interval["upper"])]
        lines.append(
            f"{name:22} {interval['percent']:.4f} % ({ends[0]} to {ends[1]}, confidence {interval['confidence']:.4f})"
        )
    lines.append(f"{'decision':22} {figures['decision'] or 'none'}")
    lines.append(f"{'conclusive':22} {figures['conclusive']} ({figures['reason']})")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "samples", nargs="?", default="-", help="file with the samples; - or nothing for standard input"
    )
    parser.add_argument("--iterations", type=int, default=20, help="spec.iterations")
    parser.add_argument("--max-iterations", type=int, default=0, help="spec.maxIterations")
    parser.add_argument("--optional", type=float, default=50, metavar="PERCENT", help="spec.thresholds.optionalPercent")
    parser.add_argument(
        "--document-only", type=float, default=100, metavar="PERCENT", help="spec.thresholds.documentOnlyPercent"
    )
    parser.add_argument("--floor-millis", type=float, default=1000, help="spec.baseline.floorMillis")
    parser.add_argument("--baseline", choices=["ASTOnly", "Sandbox"], default="ASTOnly", help="spec.baseline.mode")
    parser.add_argument(
        "--functional",
        choices=["passed", "failed", "disturbed", "disabled"],
        default="disabled",
        help="the functional tests",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    options = parser.parse_args()
    raw = sys.stdin.buffer.read() if options.samples == "-" else Path(options.samples).read_bytes()
    figures = recompute(options, read_samples(raw))
    print(json.dumps(figures, indent=2) if options.json else text(figures))


if __name__ == "__main__":
    main()
