"""Loads the system-call filter into this process and proves that it holds.

The order is: prepare() while files may still be opened, seal() once all imports and data are in memory, probe(), and
then the control socket is closed. The program and the calls to probe come from the runner; nothing here decides what is
allowed.
"""

from __future__ import annotations

import array
import ctypes
import errno
import os
import socket
from collections.abc import Iterable

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

# The number of the system call seccomp on each machine type.
_SECCOMP = {"x86_64": 317, "aarch64": 277}


class SealError(Exception):
    """The process could not be sealed; the text is a sentence that says what failed."""


class _Filter(ctypes.Structure):
    """struct sock_fprog: how the kernel takes a filter."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


class _Kernel:
    """System calls by number, without the checks and fallbacks of the C library's own functions."""

    def __init__(self, seccomp: int) -> None:
        self.seccomp = seccomp
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
    """Loads what seal() and probe() need, which opens files. Call it during imports."""
    global _kernel
    machine = os.uname().machine
    seccomp = _SECCOMP.get(machine)
    if seccomp is None:
        raise SealError(f"strategies cannot be sealed on a machine of type {machine}")
    _kernel = _Kernel(seccomp)


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


def probe(numbers: Iterable[int]) -> list[int]:
    """Makes each call once with all arguments 0 and returns the errnos they were answered, 0 if a call went through.

    Stops after a call that was not refused: the first numbers are harmless even where no filter holds, the others are
    not. Forgets everything of ctypes that prepare() kept, so it can be called once.
    """
    global _kernel
    kernel = _prepared()
    _kernel = None
    answers = []
    for number in numbers:
        _, answer = kernel.call(number, 0, 0, 0, 0, 0, 0)
        answers.append(answer)
        if answer not in (errno.EPERM, errno.ENOSYS):
            break
    return answers


def _prepared() -> _Kernel:
    if _kernel is None:
        raise SealError("prepare() was not called, or probe() was called before")
    return _kernel


def _load(kernel: _Kernel, program: bytes, count: int) -> int:
    """Loads the filter into every thread and returns the listener's descriptor."""
    error = kernel.set_no_new_privs()
    if error:
        raise SealError(f"no_new_privs could not be set: {os.strerror(error)}")
    instructions = ctypes.create_string_buffer(program, len(program))
    prog = _Filter(count, ctypes.addressof(instructions))
    flags = _FLAG_TSYNC | _FLAG_TSYNC_ESRCH | _FLAG_NEW_LISTENER
    listener = error = 0
    # Once a call is being looked at, WAIT_KILLABLE_RECV keeps signals from interrupting it. Linux before 5.19 lacks it.
    for wanted in (flags | _FLAG_WAIT_KILLABLE_RECV, flags):
        listener, error = kernel.call(kernel.seccomp, _SECCOMP_SET_MODE_FILTER, wanted, ctypes.addressof(prog))
        if not error:
            return listener
    raise SealError(f"the kernel did not take the filter: {os.strerror(error)}")
