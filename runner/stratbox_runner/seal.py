"""Loads the system-call filter into this process and proves that it holds.

The order is: prepare() while files may still be opened, seal() once all imports and data are in memory, canary(), and
then the control socket is closed. The program comes from the runner, which assembles it; nothing here decides what is
allowed.
"""

from __future__ import annotations

import array
import ctypes
import os
import socket
from dataclasses import dataclass

# The control socket's descriptor. The filter lets sendmsg through on this one alone.
CONTROL_FD = 3
# The text of the message that carries the listener; internal/seccomp expects the same.
LISTENER_MESSAGE = b"listener"

_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_SET_MODE_FILTER = 1
_FLAG_TSYNC = 1 << 0
_FLAG_NEW_LISTENER = 1 << 3
_FLAG_TSYNC_ESRCH = 1 << 4
_FLAG_WAIT_KILLABLE_RECV = 1 << 5

_INSTRUCTION_BYTES = 8
_MAX_INSTRUCTIONS = 4096

_AT_FDCWD = -100
_CLOCK_REALTIME = 0


class SealError(Exception):
    """The process could not be sealed; the text is a sentence that says what failed."""


@dataclass(frozen=True)
class _Numbers:
    """Numbers of system calls on one machine type."""

    seccomp: int
    openat: int
    socket: int
    execve: int
    clock_settime: int


_NUMBERS = {
    "x86_64": _Numbers(seccomp=317, openat=257, socket=41, execve=59, clock_settime=227),
    "aarch64": _Numbers(seccomp=277, openat=56, socket=198, execve=221, clock_settime=112),
}


class _Filter(ctypes.Structure):
    """struct sock_fprog: how the kernel takes a filter."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


class _Kernel:
    """System calls by number, without the checks and fallbacks of the C library's own functions."""

    def __init__(self, numbers: _Numbers) -> None:
        self.numbers = numbers
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._syscall = self._libc.syscall
        self._syscall.restype = ctypes.c_long
        self._prctl = self._libc.prctl
        self._prctl.restype = ctypes.c_int

    def call(self, number: int, *arguments: int) -> tuple[int, int]:
        """Returns what the call returned, and its errno or 0."""
        ctypes.set_errno(0)
        result: int = self._syscall(ctypes.c_long(number), *(ctypes.c_long(a) for a in arguments))
        return result, ctypes.get_errno() if result == -1 else 0

    def set_no_new_privs(self) -> int:
        """Gives up gaining privileges for good, which the kernel demands before a filter. Returns an errno or 0."""
        arguments = (ctypes.c_ulong(a) for a in (1, 0, 0, 0))
        return ctypes.get_errno() if self._prctl(ctypes.c_int(_PR_SET_NO_NEW_PRIVS), *arguments) else 0


_kernel: _Kernel | None = None


def prepare() -> None:
    """Loads what seal() and canary() need, which opens files. Call it during imports."""
    global _kernel
    machine = os.uname().machine
    numbers = _NUMBERS.get(machine)
    if numbers is None:
        raise SealError(f"strategies cannot be sealed on a machine of type {machine}")
    _kernel = _Kernel(numbers)


def seal(program: bytes, control_fd: int) -> None:
    """Loads the filter into every thread and hands its listener to the runner over the control socket.

    The message is LISTENER_MESSAGE with the descriptor; this process keeps no copy. control_fd must be CONTROL_FD, the
    only descriptor on which the filter lets sendmsg through, and stays open: the caller closes it. Raises SealError.
    """
    kernel = _prepared()
    if control_fd != CONTROL_FD:
        raise SealError(f"the control socket is descriptor {control_fd}, but the filter knows it as {CONTROL_FD}")
    count, rest = divmod(len(program), _INSTRUCTION_BYTES)
    if rest or not 0 < count <= _MAX_INSTRUCTIONS:
        raise SealError(f"the filter has {len(program)} bytes, not a whole number of instructions up to the cap")
    try:
        control = socket.socket(fileno=control_fd)
    except OSError as error:
        raise SealError(f"descriptor {control_fd} is not the control socket: {error.strerror}") from error
    try:
        listener = _load(kernel, program, count)
        try:
            ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [listener]))]
            control.sendmsg([LISTENER_MESSAGE], ancillary)
        except OSError as error:
            raise SealError(f"the filter is loaded, but its listener could not be sent: {error.strerror}") from error
        finally:
            os.close(listener)
    finally:
        control.detach()


def canary() -> dict[str, int]:
    """Makes one denied call of each class (file, network, process, time) and returns the errno each was answered.

    0 means that the call went through. Forgets everything of ctypes that prepare() kept, so it can be called once.
    """
    global _kernel
    kernel = _prepared()
    _kernel = None
    numbers = kernel.numbers
    path = ctypes.create_string_buffer(b"/dev/null")
    # The null pointers keep these harmless even where no filter holds: the kernel answers EFAULT.
    tries = {
        "file": (numbers.openat, _AT_FDCWD, ctypes.addressof(path), os.O_RDONLY | os.O_CLOEXEC, 0),
        "network": (numbers.socket, socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_CLOEXEC, 0),
        "process": (numbers.execve, 0, 0, 0),
        "time": (numbers.clock_settime, _CLOCK_REALTIME, 0),
    }
    return {name: kernel.call(number, *arguments)[1] for name, (number, *arguments) in tries.items()}


def _prepared() -> _Kernel:
    if _kernel is None:
        raise SealError("prepare() was not called, or canary() was called before")
    return _kernel


def _load(kernel: _Kernel, program: bytes, count: int) -> int:
    """Loads the filter into every thread and returns the listener's descriptor."""
    errno = kernel.set_no_new_privs()
    if errno:
        raise SealError(f"no_new_privs could not be set: {os.strerror(errno)}")
    instructions = ctypes.create_string_buffer(program, len(program))
    prog = _Filter(count, ctypes.addressof(instructions))
    flags = _FLAG_TSYNC | _FLAG_TSYNC_ESRCH | _FLAG_NEW_LISTENER
    listener = errno = 0
    # Once a call is being looked at, WAIT_KILLABLE_RECV keeps signals from interrupting it. Linux before 5.19 lacks it.
    for wanted in (flags | _FLAG_WAIT_KILLABLE_RECV, flags):
        listener, errno = kernel.call(kernel.numbers.seccomp, _SECCOMP_SET_MODE_FILTER, wanted, ctypes.addressof(prog))
        if not errno:
            return listener
    raise SealError(f"the kernel did not take the filter: {os.strerror(errno)}")
