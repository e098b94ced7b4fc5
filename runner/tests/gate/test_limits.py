"""Sources at and beyond the gate's limits: bytes, depth, parts, encodings, and inputs made to keep a parser busy."""

import resource
import subprocess
import sys

import pytest

from stratbox_runner import gate

END = "\nposition = 1\n"

AT_THE_LIMIT = {
    "a file of exactly 131,072 bytes": "#" + "x" * (131_072 - 1 - len(END)) + END,
    "brackets nested 190 deep": "x = " + "[" * 190 + "]" * 190 + END,
    "255 keywords in one call": "x = dict(" + ", ".join(f"k{i}=1" for i in range(255)) + ")" + END,
    "64 repeated literals": "\n".join(["x = 'a' * 3"] * 64) + END,
    "sixty elif branches": "if 1:\n  x = 1\n" + "elif 1:\n  x = 1\n" * 60 + END,
    "a list of 20,000 numbers": "x = [" + "1, " * 20_000 + "]" + END,
    "windows line ends": "x = 1\r\n" + "y = x\r\n" + END,
    "a byte order mark": "\ufeffx = 1" + END,
    "an utf-8 cookie": "# -*- coding: UTF-8 -*-" + END,
    "no final line end": "position = 1",
}

BEYOND = {
    "one byte too many": ("#" + "x" * (131_072 - len(END)) + END, "too-large"),
    "a parse tree 201 levels deep": ("x = " + "+".join(["1"] * 202) + END, "too-deep"),
    "brackets nested 250 deep": ("x = " + "[" * 250 + "]" * 250 + END, "syntax"),
    "60,000 minus signs": ("x = " + "-" * 60_000 + "1" + END, "too-deep"),
    "30,000 times not": ("x = " + "not " * 30_000 + "1" + END, "too-deep"),
    "an attribute chain of 40,000": ("x = data" + ".get" * 30_000 + END, "too-deep"),
    "a call chain of 60,000": ("x = data" + "()" * 60_000 + END, "too-deep"),
    "a subscript chain of 40,000": ("x = data" + "[0]" * 40_000 + END, "too-deep"),
    "9,000 elif branches": ("if 1:\n  x = 1\n" + "elif 1:\n  x = 1\n" * 7_000 + END, "too-deep"),
    "18,000 nested lambdas": ("x = " + "lambda:" * 18_000 + "1" + END, "too-deep"),
    "10,000 nested conditions": ("x = " + "1 if 1 else " * 10_000 + "1" + END, "too-deep"),
    "65,000 statements": ("1;" * 65_000 + END, "too-large"),
    "65,000 tuple elements": ("x = " + "1," * 65_000 + END, "too-large"),
    "256 keywords in one call": ("x = dict(" + ", ".join(f"k{i}=1" for i in range(256)) + ")" + END, "too-large"),
    "14,000 keywords in one call": ("x = dict(" + ", ".join(f"k{i}=1" for i in range(12_000)) + ")" + END, "too-large"),
    "65 repeated literals": ("\n".join(["x = 'a' * 3"] * 65) + END, "too-large"),
    "sums of repeated strings the compiler would compute": (
        "\n".join("x = " + "+".join(['"a"*4096'] * 150) for _ in range(80)) + END,
        "too-large",
    ),
    "sums of repeated tuples the compiler would compute": (
        "\n".join("x = " + "+".join(["(1,)*256"] * 150) for _ in range(80)) + END,
        "too-large",
    ),
    "a number of 100,000 digits": ("x = " + "9" * 100_000 + END, "syntax"),
    "an unterminated string of 100,000 characters": ("x = '" + "a" * 100_000 + END, "syntax"),
    "blocks indented 101 deep": ("".join(" " * i + "if 1:\n" for i in range(101)) + " " * 101 + "pass" + END, "syntax"),
    "nothing but colons": (":" * 100_000 + END, "syntax"),
    "unclosed brackets of every kind": ("x = " + "({[" * 60 + END, "syntax"),
    "an empty file": ("", "no-entry-point"),
    "only a comment": ("# nothing", "no-entry-point"),
}

NOT_TEXT = {
    "bytes that are no UTF-8": (b"x = 1\nposition = '\xff'\n", 2),
    "an overlong encoding": (b"position = '\xc0\xaf'\n", 1),
    "an encoded surrogate": (b"position = '\xed\xa0\x80'\n", 1),
    "UTF-16": ("position = 1\n".encode("utf-16"), 1),
    "a NUL": (b"position = 1\n\0", 2),
    "a lone carriage return that hides code": (b"x = 1 # \rimport os\nposition = 1\n", 1),
    "a mark that reorders text": ("x = 1\nposition = 1 # \u202e os tropmi\n".encode(), 2),
    "a byte order mark in the middle": ("x = 1\nposition\ufeff = 1\n".encode(), 2),
}


@pytest.mark.parametrize("source", AT_THE_LIMIT.values(), ids=AT_THE_LIMIT.keys())
def test_accepted_at_the_limit(source: str) -> None:
    compile(gate.check(source.encode()), gate.FILE_NAME, "exec")


@pytest.mark.parametrize(("source", "rule"), BEYOND.values(), ids=BEYOND.keys())
def test_refused_beyond_it(source: str, rule: str) -> None:
    with pytest.raises(gate.Rejected) as caught:
        gate.check(source.encode())
    assert caught.value.rule == rule, str(caught.value)
    assert len(caught.value.message) <= 300
    assert len(caught.value.source_line) <= 200


@pytest.mark.parametrize(("source", "line"), NOT_TEXT.values(), ids=NOT_TEXT.keys())
def test_bytes_that_every_reader_would_not_see_alike_are_refused(source: bytes, line: int) -> None:
    with pytest.raises(gate.Rejected) as caught:
        gate.check(source)
    assert caught.value.rule in ("encoding", "syntax")
    assert caught.value.line == line


def _costly() -> dict[str, str]:
    """Valid and invalid files of full size that are as slow to judge as we could make them."""
    full = 131_000
    names = "".join(f"a{i}=1\n" for i in range(11_000))
    made = {
        "many short statements": "a=1\n" * 12_000,
        "many names": names,
        "long comparison": "x = 1" + "<1" * 14_000,
        "hexadecimal division": "x = 0x" + "f" * 80_000 + " // 0x" + "7" * 40_000,
        "hexadecimal multiplication": "x = 0x" + "f" * 60_000 + " * 0x" + "7" * 60_000,
        "power": "x = " + "9**" * 150 + "9",
        "shift": "x = " + "1<<" * 150 + "99999999",
        "f-strings": "x = " + 'f"{data}"' * 9_000,
        "agg with 10,000 listed words": "x = data.agg([" + "'mean'," * 12_000 + "])",
        "agg with a variable assigned 5,000 times": "h = 'mean'\n" * 5_000 + "x = data.agg(h)\n" * 2_000,
        "agg of one list variable": "h = [" + "'mean'," * 10_000 + "]\n" + "x = data.agg(h)\n" * 2_000,
        "format with 10,000 fields": "x = '" + "{}" * 20_000 + "'.format(1)",
        "format of the same literal": "x = '{}'.format(1)\n" * 6_000,
        "attribute chains of 190": ("x = data" + ".T" * 190 + "\n") * 300,
        "nested brackets on each line": ("x = " + "(" * 90 + "1" + ")" * 90 + "\n") * 600,
        "unclosed brackets on each line": ("x = " + "(" * 90 + "1" + "\n") * 1_200,
        "mixed brackets, invalid": "x = " + "f([{1:" * 30 + "1" + ")]}" * 30 + "\n",
        "lambda defaults": "x = " + "lambda a=(" * 60 + "1" + "): 1" * 60,
        "keyword traps": "f(" + "a=1,a " * 20_000 + ")",
        "star traps": "x = f(" + "*" * 60_000 + ")",
        "comprehension chain": "x = [a " + "for a in data " * 8_000 + "]",
        "match cases": "match data:\n" + " case 1: pass\n" * 6_000,
        "global names": "def f():\n global " + ",".join(f"g{i}" for i in range(15_000)),
        "parameters": "def f(" + ",".join(f"p{i}" for i in range(15_000)) + "): pass",
        "one long line of spaces": " " * full,
        "backslashes": "\\\n" * 60_000,
        "escapes": "x = '" + "\\N{BULLET}" * 10_000 + "'",
        "invalid escapes": "x = '" + "\\d" * 60_000 + "'",
        "joined strings": "x = " + "'a' " * 30_000,
    }
    return {name: (text + END)[: full + len(END)] for name, text in made.items()}


_JUDGE = """
import sys
from stratbox_runner import gate
try:
    gate.check(sys.stdin.buffer.read())
    print("accepted")
except gate.Rejected as rejected:
    print(rejected.rule)
"""


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))


@pytest.mark.parametrize("source", _costly().values(), ids=_costly().keys())
def test_any_full_size_file_gets_an_answer_within_bounded_cpu_time_and_memory(source: str) -> None:
    judged = subprocess.run(
        [sys.executable, "-c", _JUDGE], input=source.encode(), capture_output=True, preexec_fn=_limit, check=False
    )
    assert judged.returncode == 0, judged.stderr.decode()[-500:]
    assert judged.stdout.decode().strip() in {"accepted", *gate.RULES}
