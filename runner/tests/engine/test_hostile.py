"""With the gate only reporting, each attack meets the wall: denied, named, and the run is not scored."""

from collections.abc import Callable

import pytest
from tests.engine.runs import Run

END = "\nposition = data.get('price:收盤價') > 0\n"

NATIVE = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def call(*arguments):
    result = libc.syscall(*(ctypes.c_long(a) for a in arguments))
    print(result, ctypes.get_errno())
    assert result == -1 and ctypes.get_errno() == 1, 'not EPERM'
"""

# What the code tries, and a system call that must be named for it.
ATTACKS = {
    "read a file": ("open('/etc/passwd').read()", "openat"),
    "write a file": ("open('/tmp/x', 'w').write('x')", "openat"),
    "read the dataset again": ("import pathlib\npathlib.Path('/data/manifest.json').read_text()", "openat"),
    "list a folder": ("import os\nos.listdir('/')", "openat"),
    "look at a file": ("import os\nos.stat('/etc')", "newfstatat"),
    "remove a file": ("import os\nos.unlink('/tmp/x')", "unlink"),
    "make a folder": ("import os\nos.mkdir('/tmp/x')", "mkdir"),
    "leave the folder": ("import os\nos.chdir('/')", "chdir"),
    "make a temporary file": ("import tempfile\ntempfile.mkstemp(dir='/tmp')", "openat"),
    "make a memory file": ("import os\nos.memfd_create('x')", "memfd_create"),
    "share memory": ("from multiprocessing import shared_memory\nshared_memory.SharedMemory(create=True, size=9)", "openat"),
    "run a program": ("import subprocess\nsubprocess.run(['/bin/true'])", "clone3"),
    "run a program and listen": ("import subprocess\nsubprocess.run(['/bin/true'], capture_output=True)", "pipe2"),
    "run a shell": ("import os\nos.system('true')", "clone3"),
    "replace itself": ("import os\nos.execv('/bin/true', ['true'])", "execve"),
    "fork": ("import os\nos.fork()", "clone"),
    "kill the runner": ("import os\nos.kill(os.getppid(), 9)", "kill"),
    "stop itself": ("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", "kill"),
    "open a socket": ("import socket\nsocket.socket()", "socket"),
    "open a pair of sockets": ("import socket\nsocket.socketpair()", "socketpair"),
    "fetch a page": ("import urllib.request\nurllib.request.urlopen('http://192.0.2.1/')", "socket"),
    "look up a name": ("import socket\nsocket.getaddrinfo('example.com', 80)", "socket"),
    "set the clock": ("import time\ntime.clock_settime(time.CLOCK_REALTIME, 0)", "clock_settime"),
    "load a library": ("import ctypes\nctypes.CDLL('libnothing.so')", "openat"),
    "change its limits": ("import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 1))", "prlimit64"),
    "change its priority": ("import os\nos.nice(5)", "getpriority"),
    "copy a descriptor": ("import os\nos.dup(4)", "fcntl"),
    "copy a descriptor over another": ("import os\nos.dup2(4, 1)", "dup2"),
    "make executable memory": ("import mmap\nmmap.mmap(-1, 4096, prot=mmap.PROT_EXEC | mmap.PROT_READ)", "mmap"),
    "wait for a child": ("import os\nos.wait()", "wait4"),
    "load what was not preloaded": (NATIVE + "call(257, -100, 0, 0)", "openat"),
    "lay a filter of its own": (NATIVE + "call(317, 1, 0, 0)", "seccomp"),
    "lay a filter by prctl": (NATIVE + "call(157, 22, 2, 0)", "prctl"),
    "trace": (NATIVE + "call(101, 0, 0, 0, 0)", "ptrace"),
    "write into another process": (NATIVE + "call(311, 1, 0, 0, 0, 0, 0)", "process_vm_writev"),
    "set up io_uring": (NATIVE + "call(425, 8, 0)", "io_uring_setup"),
    "load a program into the kernel": (NATIVE + "call(321, 0, 0, 0)", "bpf"),
    "leave its namespaces": (NATIVE + "call(272, 0x10000000)", "unshare"),
    "clone a process": (NATIVE + "call(56, 17, 0, 0, 0, 0)", "clone"),
    "use the x32 interface": (NATIVE + "call(0x40000000 + 39)", "x32:getpid"),
    "make a call that does not exist": (NATIVE + "call(9999)", "syscall_9999"),
    "write through a descriptor that is not its own": (NATIVE + "call(1, 7, 0, 0)", "write"),
    "read from its standard input": ("import os\nos.read(0, 1)", "read"),
    "attack from a thread": (
        "import threading\nt = threading.Thread(target=open, args=('/etc/passwd',))\nt.start()\nt.join()", "openat",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_denied_and_named(name: str, execute: Callable[..., Run]) -> None:
    code, syscall = ATTACKS[name]
    guarded = (
        "try:\n" + "".join(f"    {line}\n" for line in code.splitlines()) + "except Exception as e:\n    print(repr(e))"
    )
    run = execute(guarded + END, gateMode="Report")
    assert run.verdict == "SecurityViolation", str(run)
    assert syscall in run.denied, str(run)
    assert "not EPERM" not in run.log
    assert "metrics" not in run.record
    assert run.exit_code == 1


def test_threads_are_no_violation(execute: Callable[..., Run]) -> None:
    code = "import threading\nts = [threading.Thread(target=sum, args=([1],)) for _ in range(20)]\n"
    run = execute(code + "for t in ts:\n    t.start()\nfor t in ts:\n    t.join()" + END, gateMode="Report")
    assert run.verdict == "Completed", str(run)
    assert run.record["gate"]["rule"] == "import-not-allowed"


def test_a_flood_is_counted_to_the_last_call(execute: Callable[..., Run]) -> None:
    code = "import os\nfor _ in range(20000):\n    try:\n        os.stat('/')\n    except OSError:\n        pass"
    run = execute(code + END, gateMode="Report")
    assert run.record["violationCount"] == 20000, str(run)


def test_the_gate_refuses_before_anything_runs(execute: Callable[..., Run]) -> None:
    run = execute("print('ran')\nimport socket\nposition = 1\n")
    assert run.verdict == "ASTRejected", str(run)
    assert (run.record["gate"]["rule"], run.record["gate"]["line"]) == ("import-not-allowed", 2)
    assert "strategy stdout" not in run.log


@pytest.mark.parametrize(
    "source",
    [
        "(" * 60_000,
        "x = " + "-" * 60_000 + "1",
        "a\0b",
        "x = 1\r" * 10,
        "[" * 5000 + "]" * 5000,
        "x = '" + "\\N{BULLET}" * 9000 + "'",
    ],
    ids=["open brackets", "unary minus", "NUL", "bare CR", "nesting", "named characters"],
)
def test_code_that_hurts_parsers_is_rejected(source: str, execute: Callable[..., Run]) -> None:
    assert execute(source).verdict == "ASTRejected"


ENDS = {
    "an endless loop": ("while True:\n    pass", "DeadlineExceeded", {"deadlineMillis": 1000}),
    "a power of big integers": ("x = 7 ** 10 ** 9", "DeadlineExceeded", {"deadlineMillis": 1000}),
    "an exception handler without end": (
        "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        continue",
        "DeadlineExceeded",
        {"deadlineMillis": 1000},
    ),
    "more CPU than allowed": ("while True:\n    pass", "CPUTimeExceeded", {"cpuMillis": 1000}),
    "more CPU than allowed, signals ignored": (
        "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True:\n    pass",
        "CPUTimeExceeded",
        {"cpuMillis": 1000},
    ),
    "an exception": ("x = 1 / 0", "StrategyError", {}),
    "an absurd allocation": ("import numpy as np\nx = np.zeros(1 << 60)", "StrategyError", {}),
    "endless recursion": ("def f():\n    return f()\nf()", "StrategyError", {}),
    "a crash": ("import ctypes\nctypes.string_at(0)", "StrategyError", {}),
    "an exit": ("import sys\nsys.exit(0)", "ResultInvalid", {}),
    "a hard exit": ("import os\nos._exit(0)", "ResultInvalid", {}),
    "infinite weights": ("position = data.get('price:收盤價') * float('inf')", "ResultInvalid", {}),
    "nothing but NaN": ("position = data.get('price:收盤價') * float('nan')", "ResultInvalid", {}),
    "texts": ("position = data.get('price:收盤價').astype(str)", "ResultInvalid", {}),
    "dates twice": ("position = pd.concat([data.get('price:收盤價') > 0] * 2)", "ResultInvalid", {}),
    "unknown stocks": ("position = (data.get('price:收盤價') > 0).add_prefix('TW')", "ResultInvalid", {}),
    "a table of another age": ("position = (data.get('price:收盤價') > 0).shift(9999, freq='D')", "ResultInvalid", {}),
    "a frame of its own on the pipe": ("import os\nos.write(4, b'SBF1' + bytes(20))", "ResultInvalid", {}),
    "a closed pipe": ("import os\nos.close(4)", "ResultInvalid", {}),
}


@pytest.mark.parametrize("name", ENDS)
def test_every_other_end_has_its_verdict(name: str, execute: Callable[..., Run]) -> None:
    source, verdict, task = ENDS[name]
    run = execute(source if "position" in source else source + END, gateMode="Report", **task)
    assert run.verdict == verdict, str(run)
    assert run.exit_code == 1
    message = run.record["message"]
    assert verdict == "StrategyError" or not (message.endswith(".") or message[0].isupper()), message


def test_codes_that_point_beyond_their_table_are_no_crash(execute: Callable[..., Run]) -> None:
    run = execute("pd.MultiIndex(levels=[['a']], codes=[[100]], verify_integrity=False).get_level_values(0)" + END)
    assert (run.verdict, run.record["message"][:22]) == ("StrategyError", "ValueError at line 1: "), str(run)


def test_a_megabyte_of_output_is_kept(execute: Callable[..., Run]) -> None:
    run = execute("for _ in range(300):\n    print('x' * 9999)" + END)
    assert run.verdict == "Completed", str(run)[:2000]
    assert (run.record["outputBytes"], run.record["outputDropped"]) == (3_000_000, 3_000_000 - (1 << 20))


def test_forged_metrics_reach_nobody(execute: Callable[..., Run]) -> None:
    code = (
        "import pandas\npandas.DataFrame.sum = lambda *a, **k: 99\n"
        "report = sim(data.get('price:收盤價') > 0)\nreport._stats['daily_sharpe'] = 99.0\n"
        "print('{\"daily_sharpe\": 99}')\n"
    )
    honest = execute("report = sim(data.get('price:收盤價') > 0)\n")
    assert execute(code, gateMode="Report").record["metrics"] == honest.record["metrics"]
