package seccomp

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
)

// int80 prepares the function int80, which makes calls through the i386 interface. The page is executable before the seal.
const int80 = `
code = mmap.mmap(-1, 4096)
code.write(bytes.fromhex("5389f889f389d1cd805bc3"))  # push rbx; mov eax,edi; mov ebx,esi; mov ecx,edx; int 0x80; pop rbx; ret
page = ctypes.addressof(ctypes.c_char.from_buffer(code))
libc.mprotect(ctypes.c_void_p(page), 4096, 5)
int80 = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_int)(page)
`

// deniedCalls are what hostile code does, in Python that runs in a sealed process. want is the errno each try must get, heard
// the calls that must be reported, with their counts, and nothing else.
var deniedCalls = map[string]struct {
	before, code string
	want         map[string]int
	heard        map[string]int64
	// onlyOn is the GOARCH that has such calls at all.
	onlyOn string
}{
	"files: open, list, delete, link, from Python": {
		code: `
results["open"] = attempt(open, "/etc/passwd")
results["list"] = attempt(os.listdir, "/")
results["stat"] = attempt(os.stat, "/")
results["remove"] = attempt(lambda: os.remove("x", dir_fd=0))
`,
		want:  map[string]int{"open": 1, "list": 1, "stat": 1, "remove": 1},
		heard: map[string]int64{"openat": 2, "newfstatat": 1, "unlinkat": 1},
	},
	"network: sockets of every family": {
		code: `
results["inet"] = attempt(socket.socket, socket.AF_INET, socket.SOCK_DGRAM)
results["unix"] = attempt(socket.socket, socket.AF_UNIX)
results["pair"] = attempt(socket.socketpair)
`,
		want:  map[string]int{"inet": 1, "unix": 1, "pair": 1},
		heard: map[string]int64{"socket": 2, "socketpair": 1},
	},
	"processes: fork, exec, signals, pipes": {
		code: `
results["fork"] = attempt(os.fork)
results["exec"] = attempt(os.execv, "/bin/true", ["true"])
results["kill"] = attempt(os.kill, 1, 0)
results["killself"] = attempt(os.kill, os.getpid(), 9)
results["pipe"] = attempt(os.pipe)
`,
		want:  map[string]int{"fork": 1, "exec": 1, "kill": 1, "killself": 1, "pipe": 1},
		heard: map[string]int64{"clone": 1, "execve": 1, "kill": 2, "pipe2": 1},
	},
	"processes: a shell, which the C library starts with clone3": {
		code:  `results["system"] = os.system("true") >> 8`,
		want:  map[string]int{"system": 127},
		heard: map[string]int64{"clone3": 1},
	},
	"the clock": {
		code: `
results["settime"] = attempt(time.clock_settime, time.CLOCK_REALTIME, 0.0)
`,
		want:  map[string]int{"settime": 1},
		heard: map[string]int64{"clock_settime": 1},
	},
	"descriptors: duplicating, reading, writing elsewhere": {
		code: `
results["dup"] = attempt(os.dup, 1)
results["dup2"] = attempt(os.dup2, 1, 3, False)
results["read"] = attempt(os.read, 0, 1)
results["write"] = attempt(os.write, 5, b"x")
results["write0"] = attempt(os.write, 0, b"x")
results["control"] = attempt(os.write, 3, b"x")
results["reused"] = (libc.sendmsg(3, 0, 0), ctypes.get_errno())[1]
`,
		want:  map[string]int{"dup": 1, "dup2": 1, "read": 1, "write": 1, "write0": 1, "control": 1, "reused": int(unix.EBADF)},
		heard: map[string]int64{"fcntl": 1, "dup3": 1, "read": 1, "write": 3},
	},
	"a filter of its own": {
		code: `
results["seccomp"] = raw(numbers_of["seccomp"], 1, 0, 0)
results["prctl"] = -libc.prctl(22, 2, 0)
`,
		want:  map[string]int{"seccomp": 1, "prctl": 1},
		heard: map[string]int64{"seccomp": 1, "prctl": 1},
	},
	"executable memory": {
		before: `
page = mmap.mmap(-1, 4096)
address = ctypes.addressof(ctypes.c_char.from_buffer(page))
`,
		code: `
results["mmap"] = attempt(lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC))
results["mprotect"] = -libc.mprotect(ctypes.c_void_p(address), 4096, 5)
results["plain"] = attempt(lambda: mmap.mmap(-1, 1 << 20).close())
`,
		want:  map[string]int{"mmap": 1, "mprotect": 1, "plain": 0},
		heard: map[string]int64{"mmap": 1, "mprotect": 1},
	},
	"a thread made after the seal": {
		code: `
def body():
    results["open"] = attempt(open, "/etc/passwd")
thread = threading.Thread(target=body)
thread.start()
thread.join()
`,
		want:  map[string]int{"open": 1},
		heard: map[string]int64{"openat": 1},
	},
	"a thread made before the seal": {
		before: `
go, gone = threading.Semaphore(0), threading.Semaphore(0)
def body():
    go.acquire()
    results["open"] = attempt(open, "/etc/passwd")
    gone.release()
threading.Thread(target=body, daemon=True).start()
`,
		code:  `go.release(); gone.acquire()`,
		want:  map[string]int{"open": 1},
		heard: map[string]int64{"openat": 1},
	},
	"clone3 for anything but a plain thread, or with flags that cannot be read": {
		code: `
flags = ctypes.create_string_buffer(struct.pack("<11Q", 0x4100, *[0] * 10))
results["process"] = raw(435, ctypes.addressof(flags), 88)
flags = ctypes.create_string_buffer(struct.pack("<11Q", 0x3d0f00 | 0x10000000, *[0] * 10))
results["namespace"] = raw(435, ctypes.addressof(flags), 88)
results["null"] = raw(435, 0, 88)
flags = ctypes.create_string_buffer(struct.pack("<11Q", 0x3d0f00, *[0] * 10))
results["thread"] = raw(435, ctypes.addressof(flags), 88)
`,
		want:  map[string]int{"process": 1, "namespace": 1, "null": 1, "thread": int(unix.ENOSYS)},
		heard: map[string]int64{"clone3": 3},
	},
	"numbers that do not exist": {
		code:  `results["a"] = raw(9999); results["b"] = raw(-1)`,
		want:  map[string]int{"a": 1, "b": 1},
		heard: map[string]int64{"syscall_9999": 1, "syscall_4294967295": 1},
	},
	"the x32 interface": {
		code:   `results["getpid"] = raw(0x40000000 + 39); results["execve"] = raw(0x40000000 + 520, 0, 0, 0)`,
		want:   map[string]int{"getpid": 1, "execve": 1},
		heard:  map[string]int64{"x32:getpid": 1, "x32:execve": 1},
		onlyOn: "amd64",
	},
	"the i386 interface, by machine code": {
		before: int80,
		code: `
results["getpid"] = -int80(20, 0, 0)
results["exit"] = -int80(1, 0, 0)
results["write"] = -int80(4, 1, 0)
`,
		want:   map[string]int{"getpid": 1, "exit": 1, "write": 1},
		heard:  map[string]int64{"i386:getpid": 1, "i386:exit": 1, "i386:write": 1},
		onlyOn: "amd64",
	},
	"quiet ones and honest ones, which nobody hears of": {
		code: `
results["tty"] = attempt(os.get_terminal_size, 1)
results["isatty"] = int(os.isatty(1))
results["time"] = attempt(time.time)
results["random"] = attempt(os.getrandom, 8)
results["sleep"] = attempt(time.sleep, 0)
results["pid"] = attempt(os.getpid)
results["stdout"] = attempt(os.write, 1, b"hello\n")
list(map(lambda t: (t.start(), t.join()), [threading.Thread(target=sum, args=([1],)) for _ in range(20)]))
bytearray(200 << 20)
`,
		want:  map[string]int{"tty": int(unix.ENOTTY), "isatty": 0, "time": 0, "random": 0, "sleep": 0, "pid": 0, "stdout": 0},
		heard: map[string]int64{},
	},
}

func TestDeniedCalls(t *testing.T) {
	for name, c := range deniedCalls {
		if c.onlyOn != "" && c.onlyOn != runtime.GOARCH {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSealed(t, c.before)
			if diff := cmp.Diff(c.want, s.run(c.code)); diff != "" {
				t.Errorf("answers: %s", diff)
			}
			heard := map[string]int64{}
			for _, v := range s.tally().Violations {
				heard[v.Syscall] = v.Count
			}
			if diff := cmp.Diff(c.heard, heard); diff != "" {
				t.Errorf("heard: %s", diff)
			}
		})
	}
}

func TestAFloodIsCountedToTheLast(t *testing.T) {
	s := newSealed(t, "")
	const calls, threads = 50_000, 4
	s.run(`
def body():
    call, number = libc.syscall, ctypes.c_long(numbers_of["socket"])
    for _ in range(50000):
        call(number)
made = [threading.Thread(target=body) for _ in range(4)]
[t.start() for t in made]
[t.join() for t in made]
`)
	if got := s.tally().Count; got != calls*threads {
		t.Errorf("%d calls counted, want %d", got, calls*threads)
	}
}

// The strategy waits for as long as its call is being recorded, so nothing is lost however slow that is.
func TestABlockedRecorderLosesNothing(t *testing.T) {
	s := newSealed(t, "")
	s.mu.Lock()
	s.send(`
for _ in range(100):
    attempt(socket.socket)
`)
	for !waitsInSocket(t, s.pid0()) {
		runtime.Gosched()
	}
	s.mu.Unlock()
	s.receive(&map[string]int{})
	s.awaitEnd()
	if got := s.tally().Count; got != 100 {
		t.Errorf("%d calls counted, want 100", got)
	}
}

func (s *sealedProcess) pid0() int { return s.cmd.Process.Pid }

// waitsInSocket reports whether a process waits in the kernel for the answer to a call of socket.
func waitsInSocket(t *testing.T, pid int) bool {
	t.Helper()
	native, err := Native()
	if err != nil {
		t.Fatal(err)
	}
	nr, _ := native.number("socket")
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/syscall", pid))
	if err != nil {
		t.Fatal(err)
	}
	return strings.HasPrefix(string(text), fmt.Sprintf("%d ", nr))
}

func contains(err error, text string) bool { return strings.Contains(err.Error(), text) }

func openDescriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func TestAKilledProcessEndsTheListener(t *testing.T) {
	s := newSealed(t, "")
	s.send("time.sleep(1000)")
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	s.awaitEnd()
}

// A process that is being killed while its call waits for an answer must not disturb the listener.
func TestAProcessKilledInADeniedCallEndsTheListener(t *testing.T) {
	s := newSealed(t, "")
	s.mu.Lock()
	s.heard.newName = func() { _ = s.cmd.Process.Kill() }
	s.mu.Unlock()
	s.send("attempt(socket.socket); os.write(4, b'survived')")
	s.awaitEnd()
	if got := s.tally().Count; got != 1 {
		t.Errorf("%d calls counted, want 1", got)
	}
}

// Without a listener the kernel still executes nothing: the runner's death opens no door.
func TestWithoutItsListenerAProcessStaysSealed(t *testing.T) {
	s := startSealing(t, nativeProgram(t), "")
	s.takeListener()
	if err := s.listener.Close(); err != nil {
		t.Fatal(err)
	}
	s.listener = nil
	var answered []int
	s.receive(&answered)
	for i, errno := range answered {
		if unix.Errno(errno) != unix.ENOSYS {
			t.Errorf("%s was answered errno %d, want ENOSYS", s.probes[i].Name, errno)
		}
	}
	proof, err := Prove(s.probes, nil, answered)
	if err != nil || proof.Detection != v1alpha1.DetectionNone || len(answered) != len(s.probes) {
		t.Errorf("%d of %d probes; %+v, %v", len(answered), len(s.probes), proof, err)
	}
}

// TestAsAnOrdinaryUser runs the kernel's tests again as nobody, as the runner does in a Pod.
func TestAsAnOrdinaryUser(t *testing.T) {
	if os.Getuid() != 0 {
		return // they have just run so
	}
	cmd := exec.Command("/proc/self/exe", "-test.run=DeniedCalls|Killed|Blocked|Verify|WithoutIts")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	cmd.Env = []string{"PATH=/usr/bin:/bin", "TMPDIR=/tmp"}
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
}

func TestVerifySealedFindsWhatIsWrong(t *testing.T) {
	tables := map[string]struct{ before, want string }{
		"another descriptor is open":           {`extra = os.open("/etc/passwd", os.O_RDONLY)`, "(/etc/passwd) should not be open"},
		"a copy of the control socket is kept": {`extra = os.dup(3)`, "should not be open"},
		"standard input is a file":             {`os.dup2(os.open("/etc/passwd", os.O_RDONLY), 0)`, "expected /dev/null"},
		"a standard stream is closed":          {`os.close(2)`, "descriptor 2 (pipe) is not open"},
	}
	for name, c := range tables {
		t.Run(name, func(t *testing.T) {
			s := startSealing(t, nativeProgram(t), c.before)
			s.takeListener()
			s.serve()
			s.receive(&[]int{})
			s.send(`send("waiting"); receive()`) // with the control socket closed
			s.receive(new(string))
			if err := VerifySealed(s.pid()); err == nil || !contains(err, c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
	t.Run("the process never sealed itself", func(t *testing.T) {
		s := startSealing(t, nativeProgram(t), `os.write(4, b"1\n"); os.read(5, 1)`)
		s.receive(new(int))
		if err := VerifySealed(s.pid0()); err == nil || !contains(err, "no_new_privs is not set") {
			t.Errorf("error %v", err)
		}
	})
	t.Run("the process is gone", func(t *testing.T) {
		s := newSealed(t, "")
		s.run("")
		if err := VerifySealed(s.pid()); err == nil || !contains(err, "list its threads") {
			t.Errorf("error %v", err)
		}
	})
}

func TestAKeptListenerIsFound(t *testing.T) {
	s := startSealing(t, nativeProgram(t), `
close = os.close
os.close = lambda fd: None
`)
	s.takeListener()
	s.serve()
	s.receive(&[]int{})
	if err := VerifySealed(s.pid()); err == nil || !contains(err, "the process could answer its own calls") {
		t.Errorf("error %v", err)
	}
}

// A thread of the libraries that attacks while the process seals itself is either free, before, or heard of, after: no proof.
func TestAThreadThatRacesTheSealIsFound(t *testing.T) {
	s := startSealing(t, nativeProgram(t), `
def attack():
    while True:
        raw(numbers_of["socket"])
threading.Thread(target=attack, daemon=True).start()
`)
	s.takeListener()
	s.serve()
	var answered []int
	s.receive(&answered)
	for !slices.ContainsFunc(s.tally().Violations, func(v contract.Violation) bool { return v.Syscall == "socket" && v.Count > 1 }) {
		runtime.Gosched()
	}
	if _, err := Prove(s.probes, s.tally().Violations, answered); err == nil || !contains(err, "socket was heard") {
		t.Errorf("error %v", err)
	}
}

func TestReceiveListenerRefusesAnythingElse(t *testing.T) {
	tables := map[string]struct {
		before string
		want   string
	}{
		"the process ends":                             {`os._exit(0)`, ErrControlClosed.Error()},
		"the socket is closed":                         {`os.close(3); time.sleep(1000)`, ErrControlClosed.Error()},
		"a message comes without descriptor":           {`os.write(3, b"listener"); time.sleep(1000)`, `message "listener" with 0 descriptors`},
		"another text comes":                           {`socket.send_fds(socket.socket(fileno=3), [b"hello"], [0])`, `message "hello" with 1 descriptors`},
		"a very long text comes":                       {`socket.send_fds(socket.socket(fileno=3), [b"listener" * 100], [0])`, `with 1 descriptors`},
		"two descriptors come":                         {`socket.send_fds(socket.socket(fileno=3), [b"listener"], [0, 0])`, `with 2 descriptors`},
		"more descriptors than there is room for come": {`socket.send_fds(socket.socket(fileno=3), [b"listener"], [0] * 100)`, `descriptors, expected`},
		"a descriptor of another kind comes":           {`socket.send_fds(socket.socket(fileno=3), [b"listener"], [0])`, `the descriptor is "/dev/null", not a seccomp listener`},
	}
	for name, c := range tables {
		t.Run(name, func(t *testing.T) {
			s := startSealing(t, nativeProgram(t), c.before)
			before := openDescriptors(t)
			l, err := ReceiveListener(int(s.control.Fd()))
			if err == nil {
				_ = l.Close()
				t.Fatal("it was taken")
			}
			if !contains(err, c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
			if after := openDescriptors(t); after > before {
				t.Errorf("%d descriptors are open, %d were", after, before)
			}
		})
	}
	t.Run("the control socket is no socket", func(t *testing.T) {
		read, _ := newPipe(t)
		if _, err := ReceiveListener(int(read.Fd())); !errors.Is(err, unix.ENOTSOCK) {
			t.Errorf("error %v", err)
		}
	})
}

func TestTheKernelTakesTheProgramAndNothingBroken(t *testing.T) {
	tables := map[string]struct {
		program []byte
		want    string
	}{
		"no program":                          {nil, "0 bytes"},
		"half an instruction":                 {nativeProgram(t)[:12], "12 bytes"},
		"a program without its end":           {nativeProgram(t)[:16], "the kernel did not take the filter: Invalid argument"},
		"a longer program than can be loaded": {make([]byte, 8*4097), "32776 bytes"},
	}
	for name, c := range tables {
		t.Run(name, func(t *testing.T) {
			s := startSealing(t, c.program, "")
			if _, err := ReceiveListener(int(s.control.Fd())); !errors.Is(err, ErrControlClosed) {
				t.Errorf("error %v, want %v", err, ErrControlClosed)
			}
			_ = s.cmd.Wait()
			if !contains(errors.New(s.output.String()), "SealError: ") || !contains(errors.New(s.output.String()), c.want) {
				t.Errorf("the process says %s, want a SealError with %q", s.output.String(), c.want)
			}
		})
	}
}
