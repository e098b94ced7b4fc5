package e2e

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

const (
	violation = v1alpha1.VerdictSecurityViolation
	// openNow is a denied call of plain Python.
	openNow = "denied(open, '/etc/passwd')\n"
)

var _ = Describe("The runner is not blinded by a strategy that", Ordered, ContinueOnFailure, func() {
	describeAttacks(watcherAttacks)
})

// watcherAttacks are meant to make the runner miss a call, lose its record, or give another verdict.
var watcherAttacks = []attack{
	{name: "lays filters of its own over the wall", verdict: violation, denied: []string{"seccomp", "prctl", "openat"}, code: `
program = (ctypes.c_uint16 * 4)(6, 0, 0, 5)  # return SECCOMP_RET_ERRNO with errno 0: the call seems to succeed
class Filter(ctypes.Structure):
    _fields_ = [('length', ctypes.c_ushort), ('instructions', ctypes.c_void_p)]
own = Filter(1, ctypes.addressof(program))
denied(native, 317, 1, 0, ctypes.addressof(own))
denied(native, 317, 1, 8, ctypes.addressof(own))
denied(native, 317, 0, 0, 0)
denied(native, 157, 22, 2, ctypes.addressof(own))
denied(native, 157, 22, 1, 0)
` + openNow},
	{name: "closes every descriptor", verdict: violation, denied: []string{"openat"}, code: `
for fd in range(1024):
    libc.syscall(3, fd)
try: open('/etc/passwd')
except OSError: pass
`},
	{name: "closes every descriptor and does nothing else", verdict: v1alpha1.VerdictResultInvalid, code: `
for fd in range(1024):
    libc.syscall(3, fd)
`},
	{name: "copies its descriptors", verdict: violation, denied: []string{"fcntl", "dup", "dup2"}, code: `
denied(os.dup, 4)
denied(native, 32, 4)
denied(native, 33, 4, 9)
denied(os.dup2, 4, 1)
denied(native, 72, 4, 1031, 1 << 20)
`},
	{name: "looks for the listener", verdict: violation, denied: []string{"ioctl", "recvmsg", "pidfd_open", "pidfd_getfd"}, code: `
for fd in range(64):
    denied(native, 16, fd, 0xC0502100, 0)
    denied(native, 47, fd, 0, 0)
denied(native, 434, 1, 0)
denied(native, 438, 3, 7, 0)
`},
	{name: "signals the runner, everybody and itself", verdict: violation,
		denied: []string{"kill", "tgkill", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal"}, code: `
for target in (1, -1, 0, os.getpid()):
    for number in (9, 19, 15, 0):
        denied(os.kill, target, number)
denied(native, 234, 1, 1, 9)
denied(native, 200, 1, 9)
denied(native, 129, 1, 9, b'\0' * 128)
denied(native, 297, 1, 1, 9, b'\0' * 128)
denied(native, 424, 3, 9, 0, 0)
`},
	{name: "sets timers that end it", verdict: violation, denied: []string{"setitimer", "alarm", "timer_create"}, code: `
denied(signal.setitimer, signal.ITIMER_REAL, 0.01)
denied(native, 37, 1)
denied(native, 222, 0, 0, 0)
`},
	{name: "reads and writes the runner's memory", verdict: violation,
		denied: []string{"process_vm_readv", "process_vm_writev", "ptrace", "process_madvise", "kcmp", "openat"}, code: `
denied(native, 310, 1, 0, 0, 0, 0, 0)
denied(native, 311, 1, 0, 0, 0, 0, 0)
denied(native, 101, 16, 1, 0, 0)
denied(native, 101, 0, 0, 0, 0)
denied(native, 440, 3, 0, 0, 0, 0)
denied(native, 312, 1, os.getpid(), 0, 0, 0)
denied(open, '/proc/1/mem', 'r+b')
`},
	{name: "raises its limits and lowers the runner's", verdict: violation, denied: []string{"prlimit64", "setrlimit", "setpriority", "sched_setscheduler"}, code: `
denied(native, 302, 0, 6, b'\xff' * 16, 0)
denied(native, 160, 7, b'\xff' * 16)
denied(native, 302, 1, 0, b'\0' * 16, 0)
denied(native, 141, 0, 0, -20)
denied(native, 144, 0, 1, b'\x63\0\0\0')
`},
	{name: "makes memory executable", verdict: violation,
		denied: []string{"mmap", "mprotect", "pkey_mprotect", "shmget", "shmat", "memfd_create", "memfd_secret", "remap_file_pages", "personality"}, code: `
import mmap
page = mmap.mmap(-1, 4096)
address = ctypes.addressof(ctypes.c_char.from_buffer(page))
denied(mmap.mmap, -1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7)
denied(native, 10, address, 4096, 5)
denied(native, 10, address, 4096, 7)
denied(native, 10, address, 4096, 4 | 0x01000000)
denied(native, 329, address, 4096, 5, -1)
denied(native, 29, 0, 4096, 0o1777)
denied(native, 30, 1, 0, 0o100000)
denied(native, 319, b'x', 0)
denied(native, 447, 0)
denied(native, 216, address, 4096, 4, 0, 0)
denied(native, 135, 0x0400000)
`},
	{name: "gives the kernel advice that acts on hardware and swap", verdict: violation, denied: []string{"madvise"}, code: `
import mmap
page = mmap.mmap(-1, 1 << 21)
address = ctypes.addressof(ctypes.c_char.from_buffer(page))
for advice in (9, 10, 11, 12, 13, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 100, 101, 102, 103):
    denied(native, 28, address, 4096, advice)
`, check: func(run *v1alpha1.StrategyRun) {
		Expect(run.Status.ViolationCount).To(HaveValue(BeEquivalentTo(19)))
	}},
	{name: "takes the code of its libraries out of memory, where it comes back", verdict: violation, denied: []string{"openat"}, code: `
start = ctypes.cast(libc.qsort, ctypes.c_void_p).value & ~4095
for advice in (0, 1, 2, 3, 4, 8):
    libc.madvise(ctypes.c_void_p(start), 4096, advice)
libc.mremap(ctypes.c_void_p(start), 4096, 8192, 1)
` + openNow},
	{name: "registers lists and sequences that point nowhere", verdict: violation, denied: []string{"openat"}, code: `
def body():
    libc.syscall(273, 8, 24)
    libc.syscall(334, 4096, 32, 0, 0x53053053)
    libc.syscall(218, 16)
    try: open('/etc/passwd')
    except OSError: pass
    libc.syscall(60, 0)
threading.Thread(target=body, daemon=True).start()
time.sleep(0.5)
`},
	{name: "asks for locks that the libraries do not use", verdict: violation, denied: []string{"futex", "futex_waitv", "futex_requeue"}, code: `
word = ctypes.c_int(0)
for operation in (2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13):
    denied(native, 202, ctypes.addressof(word), operation, 1, 0, ctypes.addressof(word), 0)
    denied(native, 202, ctypes.addressof(word), operation | 128, 1, 0, ctypes.addressof(word), 0)
denied(native, 449, 0, 0, 0, 0, 0)
denied(native, 456, 0, 0, 0, 0)
`},
	{name: "moves data with calls that stand for read and write", verdict: violation,
		denied: []string{"writev", "pwrite64", "readv", "sendfile", "splice", "tee", "vmsplice", "copy_file_range"}, code: `
denied(os.writev, 1, [b'x'])
denied(native, 18, 4, b'x', 1, 0)
denied(os.readv, 5, [bytearray(1)])
denied(os.sendfile, 4, 0, 0, 1)
denied(native, 275, 5, 0, 4, 0, 1, 0)
denied(native, 276, 5, 4, 1, 0)
denied(native, 278, 4, 0, 0, 0)
denied(native, 326, 0, 0, 4, 0, 1, 0)
`},
	{name: "uses up all threads it can have", verdict: violation, denied: []string{"openat"}, code: `
wait = threading.Event()
made = 0
try:
    while made < 5000:
        threading.Thread(target=wait.wait, daemon=True).start()
        made += 1
except RuntimeError:
    pass
assert made < 5000
` + openNow},
	{name: "computes on all threads it can have", verdict: v1alpha1.VerdictDeadlineExceeded, options: []option{deadline(6)}, code: `
import hashlib
def burn():
    while True: hashlib.pbkdf2_hmac('sha256', b'x', b'y', 10**9)
try:
    while True: threading.Thread(target=burn, daemon=True).start()
except RuntimeError:
    pass
while True: pass
`},
	{name: "floods from four threads", verdict: violation, denied: []string{"socket"}, code: `
def body():
    for _ in range(50_000): libc.syscall(41, 2, 1, 0)
threads = [threading.Thread(target=body) for _ in range(4)]
for t in threads: t.start()
for t in threads: t.join()
`, check: func(run *v1alpha1.StrategyRun) {
		Expect(run.Status.ViolationCount).To(HaveValue(BeEquivalentTo(200_000)))
	}},
	{name: "makes more different calls than a record names", verdict: violation, code: `
for number in range(41, 56): libc.syscall(number, 0, 0, 0, 0, 0, 0)
for number in range(82, 95): libc.syscall(number, 0, 0, 0, 0, 0, 0)
`, check: func(run *v1alpha1.StrategyRun) {
		Expect(run.Status.Violations).To(HaveLen(16))
		Expect(run.Status.ViolationCount).To(HaveValue(BeEquivalentTo(28)))
		Expect(run.Status.ViolationsDropped).To(HaveValue(BeEquivalentTo(12)))
	}},
	{name: "fills its output and then attacks", verdict: violation, denied: []string{"openat"}, code: `
for _ in range(500): os.write(1, b'x' * 1_000_000)
for _ in range(100): os.write(2, b'{"level":"INFO","msg":"verdict"}\n' * 1000)
` + openNow},
	{name: "asks for scores and reads no answer", verdict: violation, denied: []string{"openat"}, code: openNow + `
from stratbox_runner import positions, simulator, wire
head, cells = positions.encode(data.get('price:收盤價') > 0)
for _ in range(5): wire.write(4, wire.Kind.SIM, simulator.DEFAULTS, head, cells)
`},
	{name: "writes half a result and waits", verdict: v1alpha1.VerdictDeadlineExceeded, options: []option{deadline(4)}, code: `
os.write(4, b'SBF1\x12\0\0\0\x10\0\0\0')
time.sleep(1000)
`},
	{name: "writes half a result and closes the pipe", verdict: v1alpha1.VerdictResultInvalid, code: `
os.write(4, b'SBF1\x12\0\0\0\x10\0\0\0')
os.close(4)
time.sleep(1000)
`},
	{name: "attacks and ends by exit", verdict: violation, denied: []string{"openat"}, code: "try: open('/etc/passwd')\nfinally: os._exit(0)"},
	{name: "attacks and ends by a bad address", verdict: violation, denied: []string{"openat"}, code: openNow + "ctypes.string_at(0)"},
	{name: "attacks and ends by abort", verdict: violation, denied: []string{"openat", "tgkill"}, code: openNow + "libc.abort()"},
	{name: "attacks and ends by an overflow of the stack", verdict: violation, denied: []string{"openat"},
		code: openNow + "libc.regcomp(ctypes.create_string_buffer(256), b'(' * 2_000_000, 1)"},
	{name: "attacks and ends by running data", verdict: violation, denied: []string{"openat"},
		code: openNow + "ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.create_string_buffer(64)))()"},
	{name: "attacks and returns from a signal that never came", verdict: violation, denied: []string{"openat"}, code: openNow + `
libc.syscall(131, b'\0' * 24, 0)
libc.syscall(15)
`},
	{name: "attacks in the handler of its own crash", verdict: violation, denied: []string{"socket"}, options: []option{deadline(4)}, code: `
handler = ctypes.cast(libc.socket, ctypes.c_void_p).value  # the number of the signal is the family of the socket
action = (ctypes.c_uint64 * 4)(handler, 0x04000000, ctypes.cast(libc.getpid, ctypes.c_void_p).value, 0)
native(13, 11, ctypes.addressof(action), 0, 8)
ctypes.string_at(0)
`},
	{name: "survives every crash", verdict: v1alpha1.VerdictDeadlineExceeded, options: []option{deadline(4)}, code: `
signal.signal(signal.SIGSEGV, lambda *a: None)
ctypes.string_at(0)
`},
	{name: "ignores the signal of its CPU limit", verdict: v1alpha1.VerdictCPUTimeExceeded, options: []option{cpuTime(2)}, code: `
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except OSError: pass
while True: pass
`},
	{name: "ends its main thread and attacks from another", verdict: violation, denied: []string{"openat"}, code: `
def body():
    time.sleep(1)
    try: open('/etc/passwd')
    finally: os._exit(0)
threading.Thread(target=body).start()
libc.syscall(60, 0)
`},
	{name: "ends its main thread and computes on in another", verdict: v1alpha1.VerdictDeadlineExceeded, options: []option{deadline(5)}, code: `
def body():
    while True: pass
threading.Thread(target=body).start()
libc.syscall(60, 0)
`},
	{name: "attacks from a thread after its result", verdict: violation, denied: []string{"openat"}, code: `
def body():
    time.sleep(0.5)
    open('/etc/passwd')
os._exit = lambda code: time.sleep(1000)
threading.Thread(target=body, daemon=True).start()
`},
	{name: "attacks when it exits", verdict: violation, denied: []string{"openat"}, code: `
import atexit, sys
atexit.register(lambda: open('/etc/passwd'))
os._exit = sys.exit
`},
	{name: "attacks between two halves of its result", verdict: violation, denied: []string{"openat"}, code: `
write = os.write
def slow(fd, data):
    written = write(fd, bytes(data)[:len(data) // 2 or 1])
    if fd == 4:
        try: open('/etc/passwd')
        except OSError: pass
    return written
os.write = slow
`},
	{name: "lives on after its result", verdict: v1alpha1.VerdictCompleted, code: "os._exit = lambda code: time.sleep(1000)"},
	{name: "calls through the i386 interface, with code of a library, and crashes", verdict: violation, denied: []string{"i386:open"}, code: `
symbols = 'abort calloc clock fclose fopen free getenv labs malloc mktime open printf qsort read sleep strtod strtol system wcstol write'
known = [ctypes.cast(getattr(libc, name), ctypes.c_void_p).value for name in symbols.split()]
known = [address for address in known if address >> 32]  # the others are the interpreter's own stubs
start = min(known)
code = ctypes.string_at(start, max(known) - start).find(b'\xcd\x80')
assert code >= 0, 'this C library has no such bytes'
# A function of five doubles is called with 5 in the register of the call's number.
ctypes.CFUNCTYPE(ctypes.c_int, *[ctypes.c_double] * 5)(start + code)(0, 0, 0, 0, 0)
`},
}
