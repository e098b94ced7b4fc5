package supervise

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/dataset"
	"github.com/stratbox/stratbox/internal/seccomp"
)

// The fixture's dataset, generated once: its first day and one of its stocks.
const (
	fixtureDay   = 19000
	fixtureStock = "2330"
)

var fixture = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "stratbox-dataset-")
	if err != nil {
		return "", err
	}
	_, err = dataset.Generate(context.Background(), dir, dataset.Synthetic{Name: "test", Days: 800, Stocks: 20, Seed: 1})
	return dir, err
})

// lockedBuffer collects output from several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

type attemptCase struct {
	script  string
	change  func(*Spec)
	verdict v1alpha1.Verdict
	// message is part of the record's message.
	message string
	check   func(*testing.T, contract.Record, string)
}

func newSpec(t *testing.T, script string) (Spec, *lockedBuffer) {
	t.Helper()
	dir, err := fixture()
	if err != nil {
		t.Fatal(err)
	}
	policy := seccomp.Default()
	out := &lockedBuffer{}
	s := Spec{
		Task: contract.Task{
			Version: contract.TaskVersion, RunUID: "uid", Attempt: 2, GateMode: contract.GateEnforce, Threads: 1,
			Parameters: map[string]string{"window": "5"}, DeadlineMillis: 60000, CPUMillis: 60000,
		},
		Source: []byte("position = 1\n"), DatasetDir: dir, Policy: &policy, CgroupDir: t.TempDir(), Output: out,
		Publish: func(contract.Record) {}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: time.Now,
		Allowances: Allowances{Start: 20 * time.Second, Gate: 20 * time.Second, End: 20 * time.Second},
	}
	s.Command, s.Env = childCommand(script)
	return s, out
}

func (c attemptCase) run(t *testing.T) {
	t.Helper()
	spec, out := newSpec(t, c.script)
	if c.change != nil {
		c.change(&spec)
	}
	record, err := Run(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	if record.Verdict != c.verdict || !strings.Contains(record.Message, c.message) {
		t.Errorf("verdict %s: %s\nwant %s: ...%s...\noutput:\n%s", record.Verdict, record.Message, c.verdict, c.message, out)
	}
	text, err := record.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := contract.DecodeRecord(string(text), "uid", 2); err != nil {
		t.Errorf("the manager would refuse this record: %v\n%s", err, text)
	}
	if c.check != nil {
		c.check(t, record, out.String())
	}
}

func soon(bound func(*Spec) *time.Duration) func(*Spec) {
	return func(s *Spec) { *bound(s) = 300 * time.Millisecond }
}

func startBound(s *Spec) *time.Duration { return &s.Allowances.Start }
func gateBound(s *Spec) *time.Duration  { return &s.Allowances.Gate }
func endBound(s *Spec) *time.Duration   { return &s.Allowances.End }

func allowPartial(s *Spec) { s.Task.AllowPartialDetection = true }

func unsealed(s *Spec) { s.Policy = nil }
func report(s *Spec)   { s.Task.GateMode = contract.GateReport }

func TestAttemptsThatScore(t *testing.T) {
	for name, c := range map[string]attemptCase{
		"an honest strategy is scored": {script: "scores", check: func(t *testing.T, r contract.Record, _ string) {
			if !r.Sealed || r.Detection != v1alpha1.DetectionFull || r.Metrics["trades"] != "1" || r.Metrics["total_return"] == "" {
				t.Errorf("record %+v", r)
			}
			if r.CPUModel != parseCPUModel(beginning("/proc/cpuinfo")) ||
				(r.Speculation == "") != (parseSpeculation(beginning("/proc/self/status")) == "") {
				t.Errorf("record %+v", r)
			}
			if !strings.HasPrefix(r.Dataset, "sha256:") || r.Policy != seccomp.Default().Digest() || r.PeakMemoryBytes < 1<<20 {
				t.Errorf("record %+v", r)
			}
		}},
		"an unsealed one too, and says so": {script: "scores", change: unsealed, check: func(t *testing.T, r contract.Record, _ string) {
			if r.Sealed || r.Detection != v1alpha1.DetectionNone || r.Policy != "" {
				t.Errorf("record %+v", r)
			}
		}},
		"it finds its task, parameters and source": {script: "reads its task"},
		"one that is not heard in everything too, where that is allowed": {
			script: "is behind another profile", change: allowPartial, check: func(t *testing.T, r contract.Record, _ string) {
				if !r.Sealed || r.Detection != v1alpha1.DetectionPartial {
					t.Errorf("record %+v", r)
				}
			}},
		"its output is framed": {script: "prints and scores", check: func(t *testing.T, r contract.Record, out string) {
			for _, line := range []string{
				"strategy stdout: shape (2, 3)\n", "strategy stdout: {\"msg\":\"verdict\"}\\x1b[2J\n", "strategy stderr: a warning without an end\n",
			} {
				if !strings.Contains(out, line) {
					t.Errorf("output lacks %q:\n%s", line, out)
				}
			}
			if r.OutputBytes != 59 || r.OutputDropped != 0 {
				t.Errorf("%d bytes counted, %d dropped", r.OutputBytes, r.OutputDropped)
			}
		}},
		"much output is cut and counted": {script: "prints too much", check: func(t *testing.T, r contract.Record, out string) {
			if r.OutputBytes != 2400000 || r.OutputDropped != 2400000-contract.OutputCapBytes {
				t.Errorf("%d bytes counted, %d dropped", r.OutputBytes, r.OutputDropped)
			}
			if !strings.HasSuffix(out, "strategy output: cut after 1048576 bytes, 1351424 more were dropped\n") {
				t.Errorf("output ends with %q", out[max(0, len(out)-200):])
			}
		}},
		"sim is answered with metrics or with the reason":   {script: "asks for a score, then scores"},
		"a process that lives on after its result is ended": {script: "scores, then does not end", change: soon(endBound)},
		"in Report mode the gate's finding does not end the run": {script: "is rejected", change: report, check: func(t *testing.T, r contract.Record, _ string) {
			if r.Gate == nil || r.Gate.Rule != "import-not-allowed" || r.Gate.Line != 2 {
				t.Errorf("finding %+v", r.Gate)
			}
		}},
	} {
		c.verdict = v1alpha1.VerdictCompleted
		t.Run(name, c.run)
	}
}

func TestAttemptsThatEndBadly(t *testing.T) {
	const invalid, raised, rejected = v1alpha1.VerdictResultInvalid, v1alpha1.VerdictStrategyError, v1alpha1.VerdictASTRejected
	noCode := func(s *Spec) { s.Task.DeadlineMillis = 300 }
	for name, c := range map[string]attemptCase{
		"an exception is told with its line":     {script: "raises", verdict: raised, message: "ZeroDivisionError at line 12: division by zero"},
		"an exception that cannot be read":       {script: "raises nothing that can be read", verdict: raised, message: "could not be described"},
		"a crash is told with its signal":        {script: "crashes", verdict: raised, message: "crashed with SIGSEGV during Execution"},
		"no result":                              {script: "leaves nothing", verdict: invalid, message: "exit code 7 and left no position table"},
		"a refusal of the Python side":           {script: "leaves a refusal", verdict: invalid, message: "the position is a list; return a DataFrame"},
		"a refusal without a reason":             {script: "leaves a refusal without a reason", verdict: invalid, message: "no position table"},
		"two results":                            {script: "leaves two results", verdict: invalid, message: "sent more after its result"},
		"half a result":                          {script: "leaves half a result", verdict: invalid, message: "left no position table"},
		"a table that is cut short":              {script: "leaves a result of another size", verdict: invalid, message: "malformed"},
		"a table larger than any can be":         {script: "leaves all of memory", verdict: invalid, message: "9223372036854775807 bytes, at most"},
		"a closed pipe":                          {script: "closes its pipe", change: soon(endBound), verdict: invalid, message: "closed the pipe"},
		"a closed pipe and a crash":              {script: "closes its pipe, then crashes", verdict: raised, message: "SIGSEGV"},
		"noise":                                  {script: "leaves noise", verdict: invalid, message: "something that is no result"},
		"a second word of the gate":              {script: "forges the gate", verdict: invalid, message: "something that is no result"},
		"more scores than a run may ask for":     {script: "asks without end", verdict: invalid, message: "sim() more than 64 times"},
		"unknown stocks":                         {script: "holds unknown stocks", verdict: invalid, message: `no stock id of the dataset ("AAPL")`},
		"an endless wait":                        {script: "never ends", change: noCode, verdict: v1alpha1.VerdictDeadlineExceeded, message: "spec.limits.deadlineSeconds (300ms)"},
		"asking without reading the answers":     {script: "asks and never listens", change: noCode, verdict: invalid, message: "more than 64 times"},
		"endless computing":                      {script: "computes on", change: func(s *Spec) { s.Task.CPUMillis = 500 }, verdict: v1alpha1.VerdictCPUTimeExceeded, message: "spec.limits.cpuTimeSeconds (500ms)"},
		"endless computing that ignores SIGXCPU": {script: "ignores limits", change: func(s *Spec) { s.Task.CPUMillis = 500 }, verdict: v1alpha1.VerdictCPUTimeExceeded},
		"a rejection names line and rule":        {script: "is rejected", verdict: rejected, message: "at line 2 (import-not-allowed): os is not available"},
		"a rejection without a rule":             {script: "is rejected by no rule", verdict: rejected, message: "(parser)"},
		"code that ends the gate":                {script: "breaks the parser", verdict: rejected, message: "(parser): reading the code ended the gate's process"},
		"code that hangs the gate":               {script: "hangs the parser", change: soon(gateBound), verdict: rejected, message: "took longer than 300ms"},
		"a process that skips the gate":          {script: "skips the gate", verdict: rejected, message: "(parser)"},
		"a gate that says what nobody knows":     {script: "garbles the gate", verdict: rejected, message: "(parser)"},
	} {
		t.Run(name, c.run)
	}
}

func TestViolationsOutrankWhatFollows(t *testing.T) {
	calls := func(want int64) func(*testing.T, contract.Record, string) {
		return func(t *testing.T, r contract.Record, _ string) {
			var names []string
			for _, v := range r.Violations {
				names = append(names, v.Syscall)
				if v.Count != want || v.FirstTime == 0 {
					t.Errorf("violation %+v, want %d of each", v, want)
				}
			}
			if !slices.Equal(names, []string{"openat", "socket", "execve", "clock_settime"}) || r.ViolationCount != 4*want || len(r.Metrics) > 0 {
				t.Errorf("record %+v", r)
			}
		}
	}
	for name, c := range map[string]attemptCase{
		"a score":    {script: "opens a file, then scores", message: "12 system calls that the sandbox denies: openat (3), socket (3)", check: calls(3)},
		"a deadline": {script: "opens a file, then never ends", change: func(s *Spec) { s.Task.DeadlineMillis = 300 }, check: calls(1)},
	} {
		c.verdict = v1alpha1.VerdictSecurityViolation
		t.Run(name, c.run)
	}
}

func TestAttemptsThatNeverReachTheCode(t *testing.T) {
	const failed, unsupported = v1alpha1.VerdictRunnerFailed, v1alpha1.VerdictSandboxUnsupported
	untouched := func(t *testing.T, r contract.Record, _ string) {
		if r.Sealed || r.ViolationCount > 0 {
			t.Errorf("record %+v", r)
		}
	}
	for name, c := range map[string]attemptCase{
		"no dataset":                      {change: func(s *Spec) { s.DatasetDir = t.TempDir() }, verdict: failed, message: "during Starting: open dataset"},
		"no Python":                       {change: func(s *Spec) { s.Command = []string{"/nonexistent"} }, verdict: failed, message: "start the strategy's process"},
		"Python ends":                     {script: "does not start", verdict: failed, message: "during Imports: the strategy's process ended early"},
		"Python hangs":                    {script: "hangs in imports", change: soon(startBound), verdict: failed, message: "during Imports: the start took longer than 300ms"},
		"Python finds the dataset broken": {script: "reports a broken dataset", verdict: failed, message: "during Data: close.npy: too short"},
		"steps in another order":          {script: "skips a step", verdict: failed, message: `step "data", expected "imports"`},
		"an unknown message":              {script: "says what nobody knows", verdict: failed, message: "read the control socket"},
		"a filter that does not load":     {script: "cannot seal", verdict: unsupported, message: "the kernel did not take the filter: Invalid argument"},
		"no listener":                     {script: "sends no listener", change: soon(startBound), verdict: unsupported, message: "receive seccomp listener"},
		"an end before the seal":          {script: "ends before its seal", verdict: unsupported, message: "without handing over a seccomp listener"},
		"a hang before the seal":          {script: "hangs before its seal", change: soon(startBound), verdict: unsupported, message: "took longer than 300ms"},
		"a hang before the end of an unsealed start": {script: "hangs before its seal", verdict: failed, message: "took longer than 300ms",
			change: func(s *Spec) { unsealed(s); *startBound(s) = 300 * time.Millisecond }},
		"no probes": {script: "skips its probes", verdict: unsupported, message: "did not try"},
		"a profile that hides calls": {script: "is behind another profile", verdict: unsupported, message: "hides 2 of ",
			change: func(s *Spec) { s.Task.AllowPartialDetection = false }},
		"calls that nobody hears of":    {script: "is heard by nobody", change: allowPartial, verdict: unsupported, message: "not heard of at all"},
		"a listener that is kept":       {script: "keeps its listener", verdict: unsupported, message: "is a seccomp listener"},
		"a control socket that is kept": {script: "keeps its control socket", change: soon(startBound), verdict: unsupported, message: "took longer than 300ms"},
		"words after the seal":          {script: "speaks after its seal", verdict: unsupported, message: "spoke on the control socket after its seal"},
	} {
		c.check = untouched
		t.Run(name, c.run)
	}
}

func TestMemory(t *testing.T) {
	const before, after = "low 0\noom 0\noom_kill 3\n", "low 0\noom 9\noom_kill 4\n"
	for name, test := range map[string]struct{ file, before, after string }{
		"cgroup v2":                           {"memory.events", before, after},
		"cgroup v1 as mounted in a container": {"memory/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n"},
	} {
		t.Run(name, func(t *testing.T) {
			spec, _ := newSpec(t, "never ends")
			path := filepath.Join(spec.CgroupDir, test.file)
			write := func(text string) {
				if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
					t.Error(err)
				}
			}
			write(test.before)
			spec.Task.DeadlineMillis = 300 // the kernel's part: a SIGKILL
			spec.Publish = func(r contract.Record) {
				if r.Phase == contract.PhaseExecution {
					write(test.after)
				}
			}
			record, err := Run(context.Background(), spec)
			if err != nil {
				t.Fatal(err)
			}
			if record.Verdict != v1alpha1.VerdictOOMKilled || !record.OOM || !strings.Contains(record.Message, "during Execution") {
				t.Errorf("record %+v", record)
			}
		})
	}
}

func TestARecordForEachPhase(t *testing.T) {
	spec, _ := newSpec(t, "opens a file, then scores")
	var mu sync.Mutex
	var phases []contract.Phase
	var counts []int64
	spec.Publish = func(r contract.Record) {
		mu.Lock()
		defer mu.Unlock()
		phases, counts = append(phases, r.Phase), append(counts, r.ViolationCount)
	}
	if _, err := Run(context.Background(), spec); err != nil {
		t.Fatal(err)
	}
	want := []contract.Phase{
		contract.PhaseStarting, contract.PhaseImports, contract.PhaseData, contract.PhaseSealing, contract.PhaseGate,
		contract.PhaseExecution, contract.PhaseFinished,
	}
	const newNames = 4 // each is published, too
	if len(phases) != len(want)+newNames || !slices.Equal(slices.Compact(slices.Clone(phases)), want) {
		t.Errorf("published in phases %v, want %v and one for each of %d names", phases, want, newNames)
	}
	if !slices.IsSorted(counts) || counts[4] != 0 || counts[len(counts)-1] != 12 {
		t.Errorf("published violations %v", counts)
	}
}

func TestInterruption(t *testing.T) {
	for name, phase := range map[string]contract.Phase{"while Python starts": contract.PhaseImports, "while the strategy runs": contract.PhaseExecution} {
		t.Run(name, func(t *testing.T) {
			script := map[contract.Phase]string{contract.PhaseImports: "hangs in imports", contract.PhaseExecution: "never ends"}[phase]
			spec, _ := newSpec(t, script)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			spec.Publish = func(r contract.Record) {
				if r.Phase == phase {
					cancel()
				}
			}
			record, err := Run(ctx, spec)
			if !errors.Is(err, context.Canceled) || record.Phase != phase || record.Verdict != "" {
				t.Errorf("record %+v, error %v", record, err)
			}
		})
	}
}

func TestNothingIsLeftOver(t *testing.T) {
	before := descriptors(t)
	for _, script := range []string{"scores", "never ends", "cannot seal", "keeps its listener", "does not start", "leaves noise"} {
		spec, _ := newSpec(t, script)
		spec.Task.DeadlineMillis = 100
		if _, err := Run(context.Background(), spec); err != nil {
			t.Fatal(err)
		}
	}
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	if _, err := fixture(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
