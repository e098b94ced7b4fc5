"""A strategy's process for the tests: seals itself with the product's seal.py and then runs the test's own code.

Reads length-prefixed messages from descriptor 5: the filter, the calls to probe, code to run before the seal, code to run
after it. Writes lines of JSON to descriptor 4: what the probes were answered, and the dictionary `results` of the code.
"""

import ctypes
import errno
import json
import mmap
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../runner"))
from stratbox_runner import seal  # noqa: E402


def receive():
    (length,) = struct.unpack("<I", read_exactly(4))
    return read_exactly(length)


def read_exactly(length):
    data = b""
    while len(data) < length:
        chunk = os.read(5, length - len(data))
        if not chunk:
            os._exit(3)
        data += chunk
    return data


def send(value):
    data = json.dumps(value).encode() + b"\n"
    while data:
        data = data[os.write(4, data) :]


libc = ctypes.CDLL(None, use_errno=True)
numbers_of = {
    "x86_64": {"seccomp": 317, "socket": 41},
    "aarch64": {"seccomp": 277, "socket": 198},
}[os.uname().machine]


def raw(number, *arguments):
    """Makes a system call by number; returns its errno or 0."""
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *(ctypes.c_long(a) for a in arguments))
    return ctypes.get_errno() if result == -1 else 0


def attempt(function, *arguments):
    """Calls a function; returns the errno it raised or 0."""
    try:
        function(*arguments)
    except OSError as error:
        return error.errno
    return 0


results = {}
scope = dict(globals())
program, numbers, before = receive(), json.loads(receive()), receive()
exec(before, scope)
seal.prepare()
seal.seal(program, 3)
send(seal.probe(numbers))
os.close(3)
exec(receive(), scope)
send(results)
os._exit(0)
