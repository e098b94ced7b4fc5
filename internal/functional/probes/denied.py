"""What every attack begins with: denied(call, ...) makes a call that must be answered EPERM.

Any other answer, success or another error, is made visible by a call that no attack makes otherwise: fspick.
Calls have their numbers on x86-64 and on 64-bit ARM.
"""

import ctypes
import errno
import os
import socket
import subprocess
import time

NUMBERS = {
    'accept4': (288, 242), 'adjtimex': (159, 171), 'bind': (49, 200), 'bpf': (321, 280), 'clock_adjtime': (305, 266),
    'clock_settime': (227, 112), 'clone': (56, 220), 'clone3': (435, 435), 'connect': (42, 203), 'execve': (59, 221),
    'execveat': (322, 281), 'fallocate': (285, 47), 'fspick': (433, 433), 'ftruncate': (77, 46), 'getdents64': (217, 61),
    'init_module': (175, 105), 'io_uring_setup': (425, 425), 'keyctl': (250, 219), 'kill': (62, 129),
    'memfd_create': (319, 279), 'mkdirat': (258, 34), 'mknodat': (259, 33), 'mmap': (9, 222), 'mount': (165, 40),
    'mprotect': (10, 226), 'name_to_handle_at': (303, 264), 'newfstatat': (262, 79), 'openat': (257, 56),
    'openat2': (437, 437), 'perf_event_open': (298, 241), 'personality': (135, 92), 'pidfd_open': (434, 434),
    'pkey_mprotect': (329, 288), 'prctl': (157, 167), 'prlimit64': (302, 261), 'process_vm_readv': (310, 270),
    'ptrace': (101, 117), 'readlinkat': (267, 78), 'renameat2': (316, 276), 'seccomp': (317, 277), 'sendto': (44, 206),
    'setns': (308, 268), 'settimeofday': (164, 170), 'shmat': (30, 196), 'shmget': (29, 194), 'socket': (41, 198),
    'socketpair': (53, 199), 'syslog': (103, 116), 'tgkill': (234, 131), 'timer_create': (222, 107),
    'unlinkat': (263, 35), 'unshare': (272, 97), 'userfaultfd': (323, 282), 'write': (1, 64),
}

AT_FDCWD = -100

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def native(name, *arguments):
    number = NUMBERS[name][os.uname().machine == 'aarch64']
    if libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]) == -1:
        raise OSError(ctypes.get_errno(), name)


def denied(call, *arguments):
    try:
        call(*arguments)
    except OSError as error:
        if error.errno == errno.EPERM:
            return
        print('not EPERM:', call, arguments, error)
    else:
        print('not denied:', call, arguments)
    try:
        native('fspick', 0, 0, 0)
    except OSError:
        pass


def strategy(data):
    attack(data)
    return data.get('price:收盤價') > 0


