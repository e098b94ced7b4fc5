package supervise

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/backtest"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/dataset"
	"github.com/stratbox/stratbox/internal/resultwire"
	"github.com/stratbox/stratbox/internal/seccomp"
)

func TestDecideRanksTheEvidence(t *testing.T) {
	failed := errors.New("something broke")
	denied := seccomp.Tally{Violations: []contract.Violation{{Syscall: "socket", Count: 2}}, Count: 5, Dropped: 3}
	// Everything at once; each step takes the highest-ranking piece away.
	e := evidence{
		task:  contract.Task{DeadlineMillis: 300000, CPUMillis: 90000},
		phase: contract.PhaseExecution, unsealed: failed, failure: failed,
		rejected: &contract.GateFinding{Rule: "syntax", Message: "correct it"}, denied: denied, oom: true, overtime: true, overCPU: true,
		raised:  &resultwire.Failure{Type: "MemoryError"},
		invalid: "位置 is empty", scored: true, signal: syscall.SIGBUS,
	}
	for _, step := range []struct {
		take    func()
		verdict v1alpha1.Verdict
		message string
	}{
		{func() {}, v1alpha1.VerdictSecurityViolation, "the strategy made 5 system calls that the sandbox denies: socket (2), others (3)"},
		{func() { e.denied = seccomp.Tally{} }, v1alpha1.VerdictOOMKilled, "the kernel ended the strategy during Execution because it used more memory than spec.limits.memory"},
		{func() { e.oom = false }, v1alpha1.VerdictSandboxUnsupported, "the sandbox could not be sealed, so the strategy was not run: something broke"},
		{func() { e.unsealed = nil }, v1alpha1.VerdictASTRejected, "the gate refused the code (syntax): correct it"},
		{func() { e.rejected = nil }, v1alpha1.VerdictDeadlineExceeded, "the strategy ran longer than spec.limits.deadlineSeconds (5m0s) and was ended"},
		{func() { e.overtime = false }, v1alpha1.VerdictCPUTimeExceeded, "the strategy used more CPU time than spec.limits.cpuTimeSeconds (1m30s) and was ended"},
		{func() { e.overCPU = false }, v1alpha1.VerdictStrategyError, "MemoryError (if this much memory is needed, raise spec.limits.memory)"},
		{func() { e.raised = nil }, v1alpha1.VerdictResultInvalid, "位置 is empty"},
		{func() { e.invalid = "" }, v1alpha1.VerdictRunnerFailed, "the runner failed during Execution: something broke"},
		{func() { e.failure = nil }, v1alpha1.VerdictCompleted, "the strategy ran and was scored"},
		{func() { e.scored = false }, v1alpha1.VerdictStrategyError, "the strategy's process crashed with SIGBUS during Execution"},
		{func() { e.signal = 0 }, v1alpha1.VerdictResultInvalid, "the strategy's process ended with exit code 0 and left no position table"},
	} {
		step.take()
		verdict, message := decide(e)
		if verdict != step.verdict || !strings.HasPrefix(message, step.message) {
			t.Errorf("decided %s: %s\nwant %s: %s", verdict, message, step.verdict, step.message)
		}
	}
}

func TestAnAttemptThatCannotBegin(t *testing.T) {
	r := Failed(contract.Task{RunUID: "uid", Attempt: 3}, time.UnixMilli(5), errors.New("read the strategy's code: no such file"))
	text, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	r, err = contract.DecodeRecord(string(text), "uid", 3)
	if err != nil || r.Verdict != v1alpha1.VerdictRunnerFailed || r.Message != "the runner failed during Starting: read the strategy's code: no such file" {
		t.Errorf("record %+v, error %v", r, err)
	}
}

func TestMessagesAreSafeToShow(t *testing.T) {
	_, message := decide(evidence{raised: &resultwire.Failure{Type: "E\x1b[2J" + strings.Repeat("長", 400), Message: "\n\n"}})
	if len(message) > contract.MaxMessageBytes || strings.ContainsAny(message, "\x1b\n") {
		t.Errorf("%d bytes: %q", len(message), message)
	}
}

func TestScore(t *testing.T) {
	dir, err := fixture()
	if err != nil {
		t.Fatal(err)
	}
	data, err := dataset.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	s, err := newScorer(data)
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	table := func(w ...float64) []byte {
		return resultwire.AppendPositions(nil, resultwire.Positions{Dates: []int32{fixtureDay, fixtureDay + 1}, Symbols: []string{fixtureStock}, Weights: w})
	}
	for name, test := range map[string]struct {
		options string
		payload []byte
		want    string
	}{
		"options that are no JSON": {"resample", table(1, 0), "the trading options are malformed"},
		"options nobody knows":     {`{"leverage":2}`, table(1, 0), "the trading options are malformed"},
		"an option that is absurd": {`{"feeRatio":5}`, table(1, 0), "the trading options cannot be used"},
		"NaN in every cell":        {"{}", table(nan, nan), "every cell of the position table is NaN"},
		"an infinite weight":       {"{}", table(1, math.Inf(1)), "the position table cannot be scored"},
		"a date twice":             {"{}", resultwire.AppendPositions(nil, resultwire.Positions{Dates: []int32{9, 9}, Symbols: []string{fixtureStock}, Flags: []byte{1, 1}}), "the position table cannot be scored"},
		"a flag that is neither":   {"{}", resultwire.AppendPositions(nil, resultwire.Positions{Dates: []int32{fixtureDay}, Symbols: []string{fixtureStock}, Flags: []byte{2}}), "flags are 0 or 1"},
		"many unknown stocks":      {"{}", resultwire.AppendPositions(nil, resultwire.Positions{Dates: []int32{9}, Symbols: []string{"a", "b", "c", "d"}, Flags: make([]byte, 4)}), `4 columns that are no stock id of the dataset ("a, b, c")`},
	} {
		t.Run(name, func(t *testing.T) {
			metrics, err := s.score(resultwire.Frame{Document: []byte(test.options), Payload: test.payload})
			var refused *invalidError
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("metrics %v, error %v, want one with %q", metrics, err, test.want)
			}
		})
	}
	t.Run("all options arrive", func(t *testing.T) {
		text := `{"resample":"M","feeRatio":0.1,"taxRatio":0.2,"stopLoss":0.3,"takeProfit":0.4,"positionLimit":0.5}`
		var asked resultwire.Options
		if err := (resultwire.Frame{Document: []byte(text)}).Decode(&asked); err != nil {
			t.Fatal(err)
		}
		want := backtest.Options{Resample: "M", FeeRatio: 0.1, TaxRatio: 0.2, StopLoss: 0.3, TakeProfit: 0.4, PositionLimit: 0.5}
		if got := options(asked); got != want {
			t.Errorf("options %+v, want %+v", got, want)
		}
	})
	t.Run("nobody trades below the market's costs", func(t *testing.T) {
		none, loss := 0.0, -0.5
		want := backtest.DefaultOptions()
		if got := options(resultwire.Options{FeeRatio: &none, TaxRatio: &loss}); got != want {
			t.Errorf("options %+v, want %+v", got, want)
		}
	})
	t.Run("a broken market is the runner's failure", func(t *testing.T) {
		broken := *s
		broken.market.Prices = broken.market.Prices[1:]
		_, err := broken.score(resultwire.Frame{Document: []byte("{}"), Payload: table(1, 0)})
		var refused *invalidError
		if err == nil || errors.As(err, &refused) {
			t.Errorf("error %v", err)
		}
	})
}

func TestEscape(t *testing.T) {
	for text, want := range map[string]string{
		"ROE稅後 5%":                  "ROE稅後 5%",
		"\x1b[31mred\x00\t":         `\x1b[31mred\x00\t`,
		"a\xffb\xc3":                `a\xffb\xc3`,
		"left\u202eright\u2028next": `left\u202eright\u2028next`,
		"\r{\"msg\":\"verdict\"}":   `\r{"msg":"verdict"}`,
		`C:\n`:                      `C:\n`,
	} {
		if got := string(escape(nil, []byte(text))); got != want {
			t.Errorf("escape(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestLongLinesAreSplitBetweenRunes(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out := &lockedBuffer{}
	o := newOutput(out)
	o.follow("stdout", r)
	line := strings.Repeat("稅", maxLineBytes) // three bytes each, so no split falls between runes by itself
	if _, err := w.WriteString(line + "\nnext\n"); err != nil {
		t.Fatal(err)
	}
	w.Close()
	total, dropped := o.finish(time.Minute, r)
	var joined strings.Builder
	for got := range strings.Lines(strings.TrimSuffix(out.String(), "strategy stdout: next\n")) {
		text := strings.TrimPrefix(strings.TrimSuffix(got, "\n"), "strategy stdout: ")
		if len(text) > maxLineBytes {
			t.Errorf("a line of %d bytes", len(text))
		}
		joined.WriteString(text)
	}
	if joined.String() != line || total != int64(len(line))+6 || dropped != 0 {
		t.Errorf("%d bytes counted, %d dropped; %d bytes came out of %d", total, dropped, joined.Len(), len(line))
	}
}

func TestOutputDoesNotWaitForAPipeThatStaysOpen(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	o := newOutput(&lockedBuffer{})
	o.follow("stderr", r)
	if total, _ := o.finish(10*time.Millisecond, r); total != 0 {
		t.Errorf("%d bytes", total)
	}
}

func TestCutLinesWithoutText(t *testing.T) {
	for text, want := range map[string]int{"abcd": 4, "abc\xe7": 3, "ab\xe7\xa8": 2, "a\xe7\xa8\x85": 4, "\x80\x80\x80\x80": 4} {
		if got := lastRuneEnd([]byte(text)); got != want {
			t.Errorf("lastRuneEnd(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestOOMKills(t *testing.T) {
	for name, test := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"cgroup v2":                      {map[string]string{"memory.events": "low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 1\n"}, 2},
		"cgroup v1 below its controller": {map[string]string{"memory/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 7\n"}, 7},
		"cgroup v1":                      {map[string]string{"memory.oom_control": "oom_kill 1\n"}, 1},
		"a kernel that does not count":   {map[string]string{"memory.oom_control": "oom_kill_disable 0\nunder_oom 0\n"}, -1},
		"a counter that is no number":    {map[string]string{"memory.events": "oom_kill many\n"}, -1},
		"a negative counter":             {map[string]string{"memory.events": "oom_kill -4\n"}, -1},
		"no cgroup at all":               {nil, -1},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, text := range test.files {
				path := filepath.Join(dir, file)
				if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600)); err != nil {
					t.Fatal(err)
				}
			}
			if got := oomKills(dir); got != test.want {
				t.Errorf("oomKills = %d, want %d", got, test.want)
			}
		})
	}
}

func TestRecordFileAlwaysHoldsOneRecord(t *testing.T) {
	path := filepath.Join(t.TempDir(), "termination-log")
	f, err := OpenRecordFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := contract.Record{Version: contract.RecordVersion, RunUID: "uid", Attempt: 1, Phase: contract.PhaseExecution}
	for _, message := range []string{"short", strings.Repeat("long ", 90), "short again", ""} {
		r.Message = message
		if err := f.Write(r); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := contract.DecodeRecord(string(text), "uid", 1)
		if err != nil || got.Message != message {
			t.Errorf("message %q, error %v, want %q", got.Message, err, message)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Write(r); err == nil {
		t.Error("a closed file was written")
	}
	r.Metrics = map[string]string{strings.Repeat("x", contract.MaxRecordBytes): "1"}
	if err := f.Write(r); err == nil {
		t.Error("a record that does not fit was written")
	}
	if _, err := OpenRecordFile(filepath.Join(path, "nowhere")); err == nil {
		t.Error("a file below a file was opened")
	}
}

func TestPythonGetsNothingItDoesNotNeed(t *testing.T) {
	t.Setenv("SECRET_TOKEN", "x")
	command, env := Python("/usr/bin/python3", "/opt/stratbox", "/data", contract.Task{GateMode: contract.GateReport, Threads: 2})
	want := []string{"/usr/bin/python3", "-s", "-P", "-B", "-m", "stratbox_runner", "--dataset", "/data", "--gate-mode", "Report"}
	if !slices.Equal(command, want) {
		t.Errorf("command %q", command)
	}
	for _, variable := range []string{"OMP_NUM_THREADS=2", "PYTHONHASHSEED=0", "PYTHONPATH=/opt/stratbox", "TZ=UTC0"} {
		if !slices.Contains(env, variable) {
			t.Errorf("environment lacks %s", variable)
		}
	}
	if strings.Contains(strings.Join(env, " "), "SECRET") {
		t.Errorf("environment %q", env)
	}
}

func TestAWallThatIsNotReleased(t *testing.T) {
	w := &wall{listener: &seccomp.Listener{}, served: make(chan error)}
	if err := w.drain(time.Millisecond); !errors.Is(err, errNotDrained) {
		t.Errorf("error %v, want %v", err, errNotDrained)
	}
}
