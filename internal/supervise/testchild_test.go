package supervise

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/stratbox/stratbox/internal/resultwire"
	"github.com/stratbox/stratbox/internal/seccomp"
)

// The tests' strategy process is this test binary, started again: a real process with real pipes, limits, signals and
// a real filter, which plays the script that STRATBOX_TEST_CHILD names.
const childVariable = "STRATBOX_TEST_CHILD"

func init() {
	if os.Getenv(childVariable) != "" {
		runtime.LockOSThread() // to the process's first thread
	}
}

func TestMain(m *testing.M) {
	if script := os.Getenv(childVariable); script != "" {
		scripts[script](&script_{})
		exit(0)
	}
	if reserved := os.Getenv(starvedVariable); reserved != "" {
		starve(reserved == "true")
		os.Exit(0)
	}
	code := m.Run()
	if dir, err := fixture(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// childCommand starts this binary as a child. Go's runtime must neither signal its own threads, which the filter denies, nor
// keep the cgroup's files open, which the proof of the seal finds.
func childCommand(script string) (command, env []string) {
	return []string{"/proc/self/exe", "-test.run=^$"}, []string{
		childVariable + "=" + script, "GODEBUG=asyncpreemptoff=1,containermaxprocs=0,updatemaxprocs=0", "GOGC=off", "GOMAXPROCS=1",
	}
}

// script_ is the child's side of the protocol. It uses raw system calls only: Go's own would start threads.
type script_ struct {
	program []byte
	probes  []uint32
}

func exit(code int) { unix.RawSyscall(unix.SYS_EXIT_GROUP, uintptr(code), 0, 0) }

func die(format string, args ...any) {
	put(2, []byte(fmt.Sprintf(format, args...)+"\n"))
	exit(3)
}

func put(fd int, b []byte) {
	for len(b) > 0 {
		n, _, errno := unix.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
		if errno != 0 {
			exit(4)
		}
		b = b[n:]
	}
}

// pipeEnd reads and writes one of the child's pipes.
type pipeEnd int

func (p pipeEnd) Write(b []byte) (int, error) { put(int(p), b); return len(b), nil }

func (p pipeEnd) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(p), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
	if errno != 0 || n == 0 {
		return 0, syscall.EPIPE
	}
	return int(n), nil
}

func (s *script_) say(m controlMessage) {
	text, _ := json.Marshal(m)
	s.sayText(string(text))
}

func (s *script_) sayText(text string) {
	if err := unix.Sendmsg(3, []byte(text), nil, nil, 0); err != nil {
		die("say %s: %v", text, err)
	}
}

// prepare goes through imports and data and receives the filter.
func (s *script_) prepare() {
	s.say(controlMessage{Step: stepImports})
	s.say(controlMessage{Step: stepData})
	buffer := make([]byte, 256<<10)
	n, err := unix.Read(3, buffer)
	if err != nil {
		die("receive the filter: %v", err)
	}
	var start startMessage
	if err := json.Unmarshal(buffer[:n], &start); err != nil {
		die("receive the filter: %v", err)
	}
	s.program, s.probes = start.Program, start.Probes
}

// load loads the filter and hands its listener over; keep leaves a copy open.
func (s *script_) load(keep bool) {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		die("no_new_privs: %v", err)
	}
	prog := unix.SockFprog{Len: uint16(len(s.program) / 8), Filter: (*unix.SockFilter)(unsafe.Pointer(&s.program[0]))}
	flags := unix.SECCOMP_FILTER_FLAG_TSYNC | unix.SECCOMP_FILTER_FLAG_TSYNC_ESRCH | unix.SECCOMP_FILTER_FLAG_NEW_LISTENER
	fd, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, uintptr(flags), uintptr(unsafe.Pointer(&prog)))
	if errno != 0 {
		die("load the filter: %v", errno)
	}
	if err := unix.Sendmsg(3, []byte(seccomp.ListenerMessage), unix.UnixRights(int(fd)), nil, 0); err != nil {
		die("hand over the listener: %v", err)
	}
	if !keep {
		unix.Close(int(fd))
	}
}

// attack makes a denied call of each class.
func (*script_) attack() {
	for _, number := range []uintptr{unix.SYS_OPENAT, unix.SYS_SOCKET, unix.SYS_EXECVE, unix.SYS_CLOCK_SETTIME} {
		unix.RawSyscall(number, 0, 0, 0)
	}
}

// probe makes each call of the self-test but those that an outer profile would answer.
func (s *script_) probe(hidden ...uint32) []int {
	answers := make([]int, 0, len(s.probes))
	for _, number := range s.probes {
		errno := unix.EPERM
		if !slices.Contains(hidden, number) {
			_, _, errno = unix.RawSyscall6(uintptr(number), 0, 0, 0, 0, 0, 0)
		}
		answers = append(answers, int(errno))
	}
	return answers
}

// start goes all the way to the code, sealed if there is a filter, and accepts it.
func (s *script_) start() resultwire.Frame {
	s.prepare()
	s.finishSeal()
	f := s.task()
	s.frame(resultwire.KindGate, resultwire.Gate{Accepted: true}, nil)
	return f
}

func (s *script_) finishSeal() {
	sealed := controlMessage{Step: stepSealed}
	if len(s.program) > 0 {
		s.load(false)
		sealed.Probes = s.probe()
	}
	s.say(sealed)
	unix.Close(3)
}

func (s *script_) task() resultwire.Frame {
	f, err := resultwire.Read(pipeEnd(5), 1<<20)
	if err != nil {
		exit(5)
	}
	return f
}

func (s *script_) frame(kind resultwire.Kind, document any, payload []byte) {
	if err := resultwire.Write(pipeEnd(4), kind, document, payload); err != nil {
		exit(6)
	}
}

// position is a table over the fixture's dataset: the first stock held since the first day.
func position() []byte {
	return resultwire.AppendPositions(nil, resultwire.Positions{Dates: []int32{fixtureDay}, Symbols: []string{fixtureStock}, Flags: []byte{1}})
}

func result(s *script_, payload []byte) {
	s.frame(resultwire.KindResult, resultwire.Options{}, payload)
}

// spin uses CPU time without a system call.
func spin() {
	for n := 0; ; n++ {
		if n < 0 {
			exit(7)
		}
	}
}

func hang() {
	for {
		t := unix.Timespec{Sec: 1}
		unix.RawSyscall(unix.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&t)), 0, 0)
	}
}

// handle sets a signal's handler as the kernel takes it.
func handle(signal syscall.Signal, handler uintptr) {
	action := [4]uintptr{handler}
	unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(signal), uintptr(unsafe.Pointer(&action[0])), 0, 8, 0, 0)
}

func limit(resource uintptr) (l unix.Rlimit) {
	unix.RawSyscall6(unix.SYS_PRLIMIT64, 0, resource, 0, uintptr(unsafe.Pointer(&l)), 0, 0)
	return l
}

// scripts are the strategies. Names are shown in test output.
var scripts = map[string]func(*script_){
	// Ways to end well.
	"scores": func(s *script_) { s.start(); result(s, position()) },
	"prints and scores": func(s *script_) {
		s.start()
		put(1, []byte("shape (2, 3)\n{\"msg\":\"verdict\"}\x1b[2J\n"))
		put(2, []byte("a warning without an end"))
		result(s, position())
	},
	"prints too much": func(s *script_) {
		s.start()
		for range 80 {
			put(1, []byte(strings.Repeat(strings.Repeat("x", 99)+"\n", 300)))
		}
		result(s, position())
	},
	"asks for a score, then scores": func(s *script_) {
		s.start()
		s.frame(resultwire.KindSim, resultwire.Options{Resample: "M"}, position())
		var stats resultwire.Stats
		if f := s.task(); f.Kind != resultwire.KindStats || f.Decode(&stats) != nil || stats.Metrics["trades"] != "1" {
			exit(8)
		}
		s.frame(resultwire.KindSim, resultwire.Options{Resample: "fortnight"}, position())
		var refusal resultwire.Refusal
		if f := s.task(); f.Kind != resultwire.KindRefused || f.Decode(&refusal) != nil || !strings.Contains(refusal.Reason, "fortnight") {
			exit(9)
		}
		result(s, position())
	},
	"scores, then does not end": func(s *script_) { s.start(); result(s, position()); hang() },
	"reads its task": func(s *script_) {
		f := s.start()
		var task resultwire.Task
		if f.Kind != resultwire.KindTask || f.Decode(&task) != nil || task.Parameters["window"] != "5" || string(f.Payload) != "position = 1\n" {
			exit(8)
		}
		cpu, files, size, core := limit(unix.RLIMIT_CPU), limit(unix.RLIMIT_NOFILE), limit(unix.RLIMIT_FSIZE), limit(unix.RLIMIT_CORE)
		if cpu.Cur < 60 || cpu.Cur > 62 || cpu.Max != unix.RLIM_INFINITY || files.Max != maxOpenFiles || size.Max != 0 || core.Max > 1 {
			exit(10)
		}
		if task.EndDate != "2024-12-31" || task.FeeRatio != 0.001425 {
			exit(9)
		}
		result(s, position())
	},

	// Ways to end badly.
	"raises": func(s *script_) {
		s.start()
		s.frame(resultwire.KindError, resultwire.Failure{Type: "ZeroDivisionError", Message: "division\nby zero", Line: 12}, nil)
		hang()
	},
	"raises nothing that can be read": func(s *script_) { s.start(); s.frame(resultwire.KindError, map[string]int{"x": 1}, nil) },
	"leaves nothing":                  func(s *script_) { s.start(); exit(7) },
	"leaves a refusal": func(s *script_) {
		s.start()
		s.frame(resultwire.KindInvalid, resultwire.Refusal{Reason: "the position is a list; return a DataFrame"}, nil)
	},
	"leaves a refusal without a reason": func(s *script_) { s.start(); s.frame(resultwire.KindInvalid, resultwire.Refusal{}, nil) },
	"leaves two results":                func(s *script_) { s.start(); result(s, position()); result(s, position()) },
	"leaves half a result": func(s *script_) {
		s.start()
		put(4, []byte("SBF1\x12\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00"))
	},
	"leaves a result of another size": func(s *script_) { s.start(); result(s, position()[:30]) },
	"leaves all of memory": func(s *script_) {
		s.start()
		put(4, []byte("SBF1\x12\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\x7f"))
		hang()
	},
	"closes its pipe": func(s *script_) { s.start(); unix.RawSyscall(unix.SYS_CLOSE, 4, 0, 0); hang() },
	"closes its pipe, then crashes": func(s *script_) {
		s.start()
		handle(unix.SIGSEGV, 0)
		unix.RawSyscall(unix.SYS_CLOSE, 4, 0, 0)
		var nothing *int
		*nothing = 1
	},
	"leaves noise": func(s *script_) { s.start(); put(4, []byte(strings.Repeat("noise", 20))); hang() },
	"forges the gate": func(s *script_) {
		s.start()
		s.frame(resultwire.KindGate, resultwire.Gate{Accepted: true}, nil)
		hang()
	},
	"asks without end": func(s *script_) { s.start(); askForever(s) },
	"asks and never listens": func(s *script_) {
		s.start()
		for {
			s.frame(resultwire.KindSim, resultwire.Options{}, position())
		}
	},
	"holds unknown stocks": func(s *script_) {
		s.start()
		result(s, resultwire.AppendPositions(nil, resultwire.Positions{Dates: []int32{fixtureDay}, Symbols: []string{"AAPL"}, Flags: []byte{1}}))
	},
	"crashes": func(s *script_) {
		s.start()
		handle(unix.SIGSEGV, 0) // SIG_DFL
		var nothing *int
		*nothing = 1
	},
	"never ends":  func(s *script_) { s.start(); hang() },
	"computes on": func(s *script_) { s.start(); spin() },
	"ignores limits": func(s *script_) {
		s.start()
		handle(unix.SIGXCPU, 1) // SIG_IGN
		spin()
	},

	// Ways to attack.
	"opens a file, then scores": func(s *script_) {
		s.start()
		for range 3 {
			s.attack()
		}
		result(s, position())
	},
	"opens a file, then never ends": func(s *script_) { s.start(); s.attack(); hang() },

	// Ways to fail before the code is there.
	"does not start":   func(*script_) { put(2, []byte("ImportError: numpy\n")); exit(1) },
	"hangs in imports": func(*script_) { hang() },
	"reports a broken dataset": func(s *script_) {
		s.say(controlMessage{Step: stepImports})
		s.say(controlMessage{Error: "close.npy: too short"})
	},
	"skips a step":           func(s *script_) { s.say(controlMessage{Step: stepData}) },
	"says what nobody knows": func(s *script_) { s.sayText(`{"mood":1}`); hang() },
	"cannot seal": func(s *script_) {
		s.prepare()
		s.say(controlMessage{Error: "the kernel did not take the filter: Invalid argument"})
	},
	"sends no listener":     func(s *script_) { s.prepare(); s.sayText("x"); hang() },
	"ends before its seal":  func(s *script_) { s.prepare() },
	"hangs before its seal": func(s *script_) { s.prepare(); hang() },
	"skips its probes": func(s *script_) {
		s.prepare()
		s.load(false)
		s.say(controlMessage{Step: stepSealed})
		unix.Close(3)
		hang()
	},
	"is behind another profile": func(s *script_) {
		s.prepare()
		s.load(false)
		s.say(controlMessage{Step: stepSealed, Probes: s.probe(unix.SYS_UNSHARE, unix.SYS_BPF)})
		unix.Close(3)
		s.task()
		s.frame(resultwire.KindGate, resultwire.Gate{Accepted: true}, nil)
		result(s, position())
	},
	"is heard by nobody": func(s *script_) {
		s.prepare()
		s.load(false)
		s.say(controlMessage{Step: stepSealed, Probes: s.probe(s.probes...)})
		unix.Close(3)
		hang()
	},
	"keeps its listener": func(s *script_) {
		s.prepare()
		s.load(true)
		s.say(controlMessage{Step: stepSealed, Probes: s.probe()})
		unix.Close(3)
		hang()
	},
	"keeps its control socket": func(s *script_) {
		s.prepare()
		s.load(false)
		s.say(controlMessage{Step: stepSealed, Probes: s.probe()})
		hang()
	},
	"speaks after its seal": func(s *script_) {
		s.prepare()
		s.load(false)
		s.say(controlMessage{Step: stepSealed, Probes: s.probe()})
		s.say(controlMessage{Step: stepSealed})
		hang()
	},

	// The gate.
	"is rejected": func(s *script_) {
		s.prepare()
		s.finishSeal()
		s.task()
		s.frame(resultwire.KindGate, resultwire.Gate{Rule: "import-not-allowed", Line: 2, Column: 8, Message: "os is not available", SourceLine: "import os"}, nil)
		result(s, position())
	},
	"is rejected by no rule": func(s *script_) {
		s.prepare()
		s.finishSeal()
		s.task()
		s.frame(resultwire.KindGate, resultwire.Gate{}, nil)
	},
	"breaks the parser": func(s *script_) { s.prepare(); s.finishSeal(); s.task(); exit(139) },
	"hangs the parser":  func(s *script_) { s.prepare(); s.finishSeal(); s.task(); hang() },
	"skips the gate":    func(s *script_) { s.prepare(); s.finishSeal(); s.task(); result(s, position()) },
	"garbles the gate":  func(s *script_) { s.prepare(); s.finishSeal(); s.task(); s.frame(resultwire.KindGate, "yes", nil) },
}

func askForever(s *script_) {
	for {
		s.frame(resultwire.KindSim, resultwire.Options{}, position())
		s.task()
	}
}
