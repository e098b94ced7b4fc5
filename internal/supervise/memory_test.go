package supervise

import (
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/resultwire"
)

const mebi = 1 << 20

// take maps memory in steps of a MiB and touches it, until it has so much or the kernel refuses.
func take(mebis, flags uintptr) bool {
	for range mebis {
		at, _, errno := unix.RawSyscall6(unix.SYS_MMAP, 0, mebi, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANONYMOUS|flags, ^uintptr(0), 0)
		if errno != 0 {
			return false
		}
		for page := uintptr(0); page < mebi; page += 4096 {
			*(*byte)(*(*unsafe.Pointer)(unsafe.Pointer(&at))) = 1
			at += 4096
		}
	}
	return true
}

// pipeOf makes a pipe and returns its ends.
func pipeOf() (r, w int) {
	ends := make([]int, 2)
	if err := unix.Pipe(ends); err != nil {
		die("make a pipe: %v", err)
	}
	return ends[0], ends[1]
}

func init() {
	scripts["takes memory"] = func(s *script_) { s.start(); take(1<<30, unix.MAP_PRIVATE); hang() }
	scripts["takes shared memory"] = func(s *script_) { s.start(); take(1<<30, unix.MAP_SHARED); hang() }
	scripts["ends its first thread and takes memory in another"] = func(s *script_) {
		// The other thread must be there before the limits are set, and waits in a system call, so that Go may run it.
		r, w := pipeOf()
		go func() {
			runtime.LockOSThread()
			if _, err := unix.Read(r, make([]byte, 1)); err != nil {
				die("wait: %v", err)
			}
			take(1<<30, unix.MAP_PRIVATE)
			hang()
		}()
		s.start()
		put(w, []byte("x"))
		unix.RawSyscall(unix.SYS_EXIT, 0, 0, 0)
	}
	scripts["takes memory before its seal"] = func(s *script_) { s.prepare(); take(256, unix.MAP_PRIVATE); hang() }
	scripts["takes a little memory, then scores"] = func(s *script_) {
		s.start()
		if !take(16, unix.MAP_PRIVATE) {
			exit(11)
		}
		result(s, position())
	}
	scripts["asks for memory at once"] = func(s *script_) {
		s.start()
		_, _, errno := unix.RawSyscall6(unix.SYS_MMAP, 0, 80*mebi, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANONYMOUS|unix.MAP_PRIVATE, ^uintptr(0), 0)
		if errno != unix.ENOMEM {
			exit(11)
		}
		s.frame(resultwire.KindError, resultwire.Failure{Type: "_ArrayMemoryError", Message: "Unable to allocate 80. MiB", Line: 3}, nil)
	}
}

func TestMemoryLimitsOfTheProcessItself(t *testing.T) {
	limited := func(s *Spec) { s.Policy, s.MemoryBytes = nil, 64*mebi }
	const tooMuch = "more than the 64 MiB it may use (spec.limits.memory), and was ended"
	for name, c := range map[string]attemptCase{
		"touching too much":        {script: "takes memory", change: limited, message: tooMuch},
		"sharing too much":         {script: "takes shared memory", change: limited, message: tooMuch},
		"too much for the imports": {script: "takes memory before its seal", change: limited, message: "during Sealing, " + tooMuch},
		"in a thread that outlives the first": {script: "ends its first thread and takes memory in another", message: tooMuch, change: func(s *Spec) {
			limited(s)
			s.Env = slices.Replace(slices.Clone(s.Env), len(s.Env)-1, len(s.Env), "GOMAXPROCS=4")
		}},
		"being refused more": {script: "asks for memory at once", change: limited, message: "asked for more memory than the 64 MiB it may use"},
		"sealed, too": {script: "takes memory", change: func(s *Spec) { s.MemoryBytes = 64 * mebi }, message: tooMuch, check: func(t *testing.T, r contract.Record, _ string) {
			if !r.Sealed || r.ViolationCount > 0 {
				t.Errorf("record %+v", r)
			}
		}},
	} {
		c.verdict = v1alpha1.VerdictOOMKilled
		check := c.check
		c.check = func(t *testing.T, r contract.Record, out string) {
			if !r.OOM || len(r.Metrics) > 0 {
				t.Errorf("record %+v", r)
			}
			if check != nil {
				check(t, r, out)
			}
		}
		t.Run(name, c.run)
	}
	t.Run("enough is enough", attemptCase{script: "takes a little memory, then scores", change: limited, verdict: v1alpha1.VerdictCompleted}.run)
	t.Run("without a limit, being refused memory is the strategy's own error", attemptCase{
		script: "asks for memory at once", verdict: v1alpha1.VerdictResultInvalid, message: "exit code 11",
	}.run)
}

func TestParseMemory(t *testing.T) {
	for name, test := range map[string]struct {
		status string
		want   int64
		told   bool
	}{
		"what is the process's own adds up":   {"VmRSS:\t  900 kB\nRssAnon:\t  100 kB\nRssFile:\t 799 kB\nRssShmem:\t       1 kB\nVmSwap:\t   20 kB\n", 121 << 10, true},
		"the mapped dataset does not count":   {"RssAnon:\t       0 kB\nRssFile:\t 99999999 kB\n", 0, true},
		"a thread that has ended tells none":  {"Name:\tpython3\nState:\tZ (zombie)\n", 0, false},
		"a name that looks like a figure":     {"Name:\tRssAnon:\n", 0, false},
		"a figure that is none counts as 0":   {"RssAnon:\tmuch kB\n", 0, true},
		"a line that is cut off still counts": {"RssAnon:\t  8 kB", 8 << 10, true},
	} {
		t.Run(name, func(t *testing.T) {
			if got, told := parseMemory([]byte(test.status)); got != test.want || told != test.told {
				t.Errorf("parseMemory = %d, %t, want %d, %t", got, told, test.want, test.told)
			}
		})
	}
}

func TestMemoryOfAProcessThatIsGone(t *testing.T) {
	const nobody = 1 << 30
	if _, err := watchMemory(nobody, 1, func() {}); err == nil || !strings.Contains(err.Error(), "watch the strategy's memory") {
		t.Errorf("error %v", err)
	}
	if _, err := addressSpace(nobody); err == nil || !strings.Contains(err.Error(), "address space") {
		t.Errorf("error %v", err)
	}
	if mapped, err := addressSpace(os.Getpid()); err != nil || mapped < mebi {
		t.Errorf("this process has %d bytes mapped, error %v", mapped, err)
	}
}
