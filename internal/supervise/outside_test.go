package supervise

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
)

func init() {
	ready := func() {
		handle(unix.SIGTERM, 0) // SIG_DFL; Go's own handler would send the signal again
		handle(unix.SIGSEGV, 0)
		put(1, []byte("begun\n"))
		hang()
	}
	scripts["begins and never ends"] = func(s *script_) { s.start(); ready() }
	scripts["begins to read the code and never ends"] = func(s *script_) { s.prepare(); s.finishSeal(); s.task(); ready() }
}

// onBegun calls back when the strategy's process has said that it has begun.
type onBegun func()

func (f onBegun) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte("begun")) {
		f()
	}
	return len(b), nil
}

// onlyChild is the process id of this process's only child.
func onlyChild(t *testing.T) int {
	t.Helper()
	files, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		t.Error(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if pid, notOne := strconv.Atoi(strings.TrimSpace(string(text))); err == nil && notOne == nil {
			return pid
		}
	}
	t.Error("there is no child")
	return 0
}

func TestAProcessThatIsEndedFromOutside(t *testing.T) {
	const failed, raised, rejected = v1alpha1.VerdictRunnerFailed, v1alpha1.VerdictStrategyError, v1alpha1.VerdictASTRejected
	const execution, gate = "begins and never ends", "begins to read the code and never ends"
	for name, c := range map[string]struct {
		script    string
		signal    syscall.Signal
		uncounted bool
		change    func(*Spec)
		verdict   v1alpha1.Verdict
		message   string
	}{
		"while the strategy runs":                             {execution, unix.SIGKILL, false, nil, failed, "during Execution: the strategy's process was ended from outside, with SIGKILL"},
		"while the code is read":                              {gate, unix.SIGKILL, false, nil, failed, "during Gate: the strategy's process was ended from outside, with SIGKILL"},
		"by a signal that it could have sent itself unsealed": {execution, unix.SIGTERM, false, unsealed, raised, "SIGTERM"},
		"by a signal that no limit sends":                     {execution, unix.SIGTERM, true, nil, failed, "from outside, with SIGTERM"},
		"by what may have been its memory":                    {execution, unix.SIGKILL, true, nil, raised, "SIGKILL"},
		"by what may have been its memory, in the gate":       {gate, unix.SIGKILL, true, nil, rejected, "(parser)"},
		"by what may have been its own fault":                 {execution, unix.SIGSEGV, false, nil, raised, "SIGSEGV"},
	} {
		t.Run(name, func(t *testing.T) {
			spec, _ := newSpec(t, c.script)
			if c.change != nil {
				c.change(&spec)
			}
			if !c.uncounted {
				if err := os.WriteFile(filepath.Join(spec.CgroupDir, "memory.events"), []byte("oom_kill 0\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			spec.Output = onBegun(func() {
				if err := unix.Kill(onlyChild(t), c.signal); err != nil {
					t.Error(err)
				}
			})
			record, err := Run(context.Background(), spec)
			if err != nil {
				t.Fatal(err)
			}
			if record.Verdict != c.verdict || !strings.Contains(record.Message, c.message) {
				t.Errorf("%s: %s\nwant %s: ...%s...", record.Verdict, record.Message, c.verdict, c.message)
			}
			if (record.Gate != nil) != (c.verdict == rejected) {
				t.Errorf("finding of the gate %+v", record.Gate)
			}
			text, err := record.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := contract.DecodeRecord(string(text), "uid", 2); err != nil {
				t.Errorf("the manager would refuse this record: %v", err)
			}
		})
	}
}

func TestAnInheritedLimitOfCPUTimeProvesNothing(t *testing.T) {
	a := &attempt{child: &child{inheritsCPULimit: true}, record: contract.Record{Sealed: true}}
	a.evidence.signal = unix.SIGKILL
	if err := a.endedFromOutside(true); err != nil {
		t.Errorf("error %v", err)
	}
	a.child.inheritsCPULimit = false
	if err := a.endedFromOutside(true); err == nil {
		t.Error("SIGKILL without any other cause is not told")
	}
	a.child.killed.Store(true)
	if err := a.endedFromOutside(true); err != nil {
		t.Errorf("this program killed it itself: %v", err)
	}
}
