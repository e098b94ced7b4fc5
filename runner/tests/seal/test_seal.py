"""seal.py against the running kernel, with a small filter of the test's own and a listener in this process.

The real filter and the runner's listener are tried with seal.py by the Go tests of internal/seccomp.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from stratbox_runner import seal

RUNNER = Path(__file__).parents[2]
SOCKET, EXECVE, CLOCK_SETTIME = {"x86_64": (41, 59, 227), "aarch64": (198, 221, 112)}[os.uname().machine]
PROBES = [SOCKET, EXECVE, CLOCK_SETTIME]

LOAD_NUMBER, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, REPORT = 0x7FFF0000, 0x7FC00000
RECEIVE, SEND = 0xC0502100, 0xC0182101


def report(*numbers: int) -> bytes:
    """A filter that reports these calls and allows every other."""
    count = len(numbers)
    program = struct.pack("<HBBI", LOAD_NUMBER, 0, 0, 0)
    for position, number in enumerate(numbers):
        program += struct.pack("<HBBI", JUMP_IF_EQUAL, count - position, 0, number)
    return program + struct.pack("<HBBI", RETURN, 0, 0, ALLOW) + struct.pack("<HBBI", RETURN, 0, 0, REPORT)


@dataclass
class Child:
    """A process that runs a test's code with its control socket as descriptor 3, and this end of the socket."""

    process: subprocess.Popen[str]
    control: socket.socket

    def results(self) -> Any:
        """What the code printed, as JSON, once the process has ended well."""
        output, _ = self.process.communicate(timeout=60)
        assert self.process.returncode == 0
        return json.loads(output)


@pytest.fixture
def start() -> Any:
    children: list[Child] = []

    def start_child(code: str) -> Child:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            prelude = f"import json, os, sys, threading\nos.dup2({theirs.fileno()}, 3); os.close({theirs.fileno()})\n"
            process = subprocess.Popen(
                [sys.executable, "-c", prelude + "from stratbox_runner import seal\n" + code],
                pass_fds=[theirs.fileno()],
                stdout=subprocess.PIPE,
                text=True,
                env={"PYTHONPATH": str(RUNNER), "PYTHONDONTWRITEBYTECODE": "1"},
            )
        children.append(Child(process, ours))
        return children[-1]

    yield start_child
    for child in children:
        child.process.kill()
        child.process.communicate()
        child.control.close()


def take_listener(child: Child) -> int:
    text, descriptors, _, _ = socket.recv_fds(child.control, 64, 4)
    assert text == seal.LISTENER_MESSAGE
    (listener,) = descriptors
    return listener


def answer(listener: int, with_errno: int) -> int:
    """Answers the next reported call and returns its number."""
    request = bytearray(80)
    fcntl.ioctl(listener, RECEIVE, request)
    identity, _, _, number = struct.unpack_from("<QIIi", request)
    fcntl.ioctl(listener, SEND, bytearray(struct.pack("<QqiI", identity, 0, -with_errno, 0)))
    return int(number)


def test_seals_every_thread_hands_the_listener_over_and_makes_its_probes(start: Any) -> None:
    child = start(f"""
stop = threading.Event()
threading.Thread(target=stop.wait, daemon=True).start()
def status():
    fields = [dict(line.split(":\\t") for line in open(f"/proc/self/task/{{t}}/status").read().split("\\n") if ":\\t" in line)
              for t in os.listdir("/proc/self/task")]
    return [[f["NoNewPrivs"], f["Seccomp"], int(f["Seccomp_filters"])] for f in fields]
seal.prepare()
before = status()
seal.seal({report(*PROBES)!r}, 3)
after = status()
print(json.dumps({{"probes": seal.probe({PROBES}), "threads": len(after), "after": after, "filters": before[0][2]}}))
""")
    listener = take_listener(child)
    assert [answer(listener, errno.EPERM) for _ in PROBES] == PROBES
    os.close(listener)
    results = child.results()
    assert results["probes"] == [errno.EPERM] * 3
    assert results["threads"] == 2
    assert results["after"] == [["1", "2", results["filters"] + 1]] * 2


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param(
            [errno.EPERM, errno.ENOSYS, errno.EPERM], [errno.EPERM, errno.ENOSYS, errno.EPERM], id="all refused"
        ),
        pytest.param([errno.EPERM, errno.EACCES], [errno.EPERM, errno.EACCES], id="one answered otherwise is the last"),
    ],
)
def test_probes_say_what_they_were_answered(start: Any, answers: list[int], expected: list[int]) -> None:
    child = start(f"seal.prepare(); seal.seal({report(*PROBES)!r}, 3); print(json.dumps(seal.probe({PROBES})))")
    listener = take_listener(child)
    assert [answer(listener, a) for a in answers] == PROBES[: len(answers)]
    os.close(listener)
    assert child.results() == expected


def test_a_probe_that_goes_through_is_the_last(start: Any) -> None:
    getpid = {"x86_64": 39, "aarch64": 172}[os.uname().machine]
    child = start(
        f"seal.prepare(); seal.seal({report(SOCKET)!r}, 3); print(json.dumps(seal.probe([{getpid}, {SOCKET}])))"
    )
    os.close(take_listener(child))
    assert child.results() == [0]


def test_keeps_no_copy_of_the_listener_and_leaves_the_control_socket_open(start: Any) -> None:
    child = start(f"""
seal.prepare(); seal.seal({report(SOCKET)!r}, 3)
print(json.dumps(sorted(os.readlink(f"/proc/self/fd/{{n}}").split(":")[0] for n in os.listdir("/proc/self/fd")[:-1])))
""")
    os.close(take_listener(child))
    kinds = child.results()
    assert "anon_inode" not in kinds
    assert "socket" in kinds


def test_without_a_filter_the_first_probes_do_nothing_and_say_so(start: Any) -> None:
    openat = {"x86_64": 257, "aarch64": 56}[os.uname().machine]
    for number, expected in ((openat, errno.EFAULT), (SOCKET, errno.EAFNOSUPPORT), (EXECVE, errno.EFAULT)):
        assert start(f"seal.prepare(); print(json.dumps(seal.probe([{number}, {SOCKET}])))").results() == [expected]
    assert start(f"seal.prepare(); print(json.dumps(seal.probe([{CLOCK_SETTIME}])))").results() in (
        [errno.EFAULT],
        [errno.EPERM],
    )


GOOD = report(SOCKET)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        pytest.param(f"seal.seal({GOOD!r}, 3)", "prepare() was not called", id="not prepared"),
        pytest.param("seal.probe([])", "prepare() was not called", id="probes without preparation"),
        pytest.param("seal.prepare(); seal.probe([]); seal.probe([])", "probe() was called before", id="probes twice"),
        pytest.param(
            f"seal.prepare(); seal.seal({GOOD!r}, 4)", "descriptor 4, but the filter knows it as 3", id="fd 4"
        ),
        pytest.param("seal.prepare(); seal.seal(b'', 3)", "0 bytes, not a whole number", id="an empty filter"),
        pytest.param(f"seal.prepare(); seal.seal({GOOD[:-1]!r}, 3)", "31 bytes, not a whole number", id="a cut filter"),
        pytest.param("seal.prepare(); seal.seal(bytes(8 * 4097), 3)", "32776 bytes", id="too long a filter"),
        pytest.param(
            "seal.prepare(); seal.seal(bytes(8), 3)", "did not take the filter: Invalid argument", id="no end"
        ),
        pytest.param(
            f"os.close(3); seal.prepare(); seal.seal({GOOD!r}, 3)", "3 is not the control socket: Bad file", id="closed"
        ),
        pytest.param(
            f"os.dup2(0, 3); seal.prepare(); seal.seal({GOOD!r}, 3)", "is not the control socket", id="not a socket"
        ),
        pytest.param(
            f"seal.prepare(); seal.seal({GOOD!r}, 3); seal.seal({GOOD!r}, 3)", "Device or resource busy", id="two seals"
        ),
    ],
)
def test_refuses_with_a_sentence(start: Any, code: str, sentence: str) -> None:
    child = start(f"""
try:
    {code}
except seal.SealError as error:
    print(json.dumps(str(error)))
""")
    assert sentence in child.results()


def test_says_that_the_listener_could_not_be_sent(start: Any) -> None:
    child = start(f"""
seal.prepare()
import socket as sockets
sockets.socket(fileno=os.dup(3)).shutdown(sockets.SHUT_WR)
try:
    seal.seal({GOOD!r}, 3)
except seal.SealError as error:
    print(json.dumps(str(error)))
""")
    assert "its listener could not be sent: Broken pipe" in child.results()


def test_an_unknown_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "uname", lambda: os.uname_result(("Linux", "", "", "", "sparc64")))
    with pytest.raises(seal.SealError, match="machine of type sparc64"):
        seal.prepare()
