package explain_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/explain"
	"github.com/stratbox/stratbox/internal/outcome"
	"github.com/stratbox/stratbox/internal/report/reporttest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares text with a file, or writes it.
func golden(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Errorf("%s differs (-want +got), go test -update writes it anew:\n%s", file, diff)
	}
	checkText(t, text)
}

// checkText fails where text would do something to a terminal, or is untidy.
func checkText(t *testing.T, text string) {
	t.Helper()
	for number, line := range strings.Split(text, "\n") {
		if strings.TrimRight(line, " ") != line {
			t.Errorf("line %d ends in blanks: %q", number+1, line)
		}
		if strings.IndexFunc(line, unicode.IsControl) >= 0 {
			t.Errorf("line %d has control characters: %q", number+1, line)
		}
	}
}

func written(t *testing.T, write func(io.Writer) error) string {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestARunIsExplained(t *testing.T) {
	for name, run := range runs {
		t.Run(name, func(t *testing.T) {
			explanation := explain.OfRun(run)
			golden(t, "run/"+name, written(t, explanation.Write))
			if explanation.Finished {
				golden(t, "verdict/"+name, written(t, explanation.WriteVerdict))
			}
			if _, err := json.Marshal(explanation); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestABenchmarkIsExplained(t *testing.T) {
	files, err := filepath.Glob("testdata/benchmark/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var benchmark v1alpha1.Benchmark
			if err := json.Unmarshal(text, &benchmark); err != nil {
				t.Fatal(err)
			}
			golden(t, "benchmark/"+name, written(t, explain.OfBenchmark(&benchmark).Write))
		})
	}
}

// Whatever a benchmark holds, its explanation is text and says where the benchmark stands.
func TestEveryStateOfABenchmarkIsExplained(t *testing.T) {
	cases := reporttest.All()
	for _, state := range reporttest.States() {
		cases = append(cases, state.Case)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			explanation := explain.OfBenchmark(c.Benchmark)
			text := written(t, explanation.Write)
			checkText(t, text)
			finished := apimeta.FindStatusCondition(c.Benchmark.Status.Conditions, v1alpha1.ConditionFinished)
			if finished == nil {
				finished = &metav1.Condition{Reason: explain.StateUnseen}
			}
			if explanation.State != finished.Reason {
				t.Errorf("%s\nis in state %s, not %s", text, finished.Reason, explanation.State)
			}
			known := !slices.Contains([]string{"a-reason-of-tomorrow", "hostile"}, c.Name)
			if explanation.Finished && known && len(explanation.Advice) == 0 {
				t.Errorf("%s\nsays nothing of what to do", text)
			}
		})
	}
}

func TestEveryVerdictHasHelpBlameAndAnExitCode(t *testing.T) {
	verdicts := []v1alpha1.Verdict{v1alpha1.VerdictNotAccepted, v1alpha1.VerdictCancelled}
	for _, rule := range outcome.Rules() {
		verdicts = append(verdicts, rule.Verdict)
	}
	codes := map[v1alpha1.Verdict]int{}
	for _, exit := range explain.Exits {
		for _, verdict := range exit.Verdicts {
			if _, twice := codes[verdict]; twice {
				t.Errorf("%s has two exit codes", verdict)
			}
			codes[verdict] = exit.Code
		}
	}
	for _, verdict := range verdicts {
		if _, found := outcome.HelpFor(verdict); !found && verdict != v1alpha1.VerdictCompleted {
			t.Errorf("%s has no help", verdict)
		}
		if code, found := codes[verdict]; !found || code != explain.ExitCode(verdict) {
			t.Errorf("%s has no exit code", verdict)
		}
	}
	if len(codes) != len(verdicts) {
		t.Errorf("%d exit codes for %d verdicts", len(codes), len(verdicts))
	}
	if explain.ExitCode("NodeOnFire") != explain.ExitInfrastructure {
		t.Error("an unknown verdict is trusted")
	}
}

func TestTheTableOfExitCodesIsInTheDocumentation(t *testing.T) {
	page, err := os.ReadFile("../../docs/kubectl-plugin.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), explain.ExitMarkdown()) {
		t.Errorf("docs/kubectl-plugin.md must hold this table:\n%s", explain.ExitMarkdown())
	}
	golden(t, "exit-codes", explain.ExitText())
}

func TestViolationsAreListed(t *testing.T) {
	var violations explain.Violations
	for _, name := range []string{"violation", "scored", "ast-only"} {
		run := runs[name].DeepCopy()
		run.Name = name
		if name == "ast-only" {
			run.Status.Conditions = append(run.Status.Conditions, unobserved)
		}
		violations.Add(run)
	}
	write := func(namespaces bool) func(io.Writer) error {
		return func(out io.Writer) error { return violations.Write(out, "in namespace stratbox-runs", namespaces) }
	}
	golden(t, "violations", written(t, write(false)))
	golden(t, "violations-of-all-namespaces", written(t, write(true)))
	if diff := cmp.Diff([]string{"strategyrun.stratbox.dev/violation"}, violations.Names()); diff != "" {
		t.Error(diff)
	}
	same := explain.Violations{Runs: 1, Violating: 1, Items: []explain.Violation{{Run: "x", Strategy: "x", Syscall: "kill", Count: 1}}}
	golden(t, "violations-of-a-run-named-as-its-strategy", written(t, func(out io.Writer) error { return same.Write(out, "in namespace x", false) }))
	none := explain.Violations{Runs: 1}
	golden(t, "violations-none", written(t, func(out io.Writer) error { return none.Write(out, "in namespace x", false) }))
}

type full struct{}

var errFull = errors.New("no space left on device")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestAnErrorOfWritingIsReturned(t *testing.T) {
	for name, write := range map[string]func(io.Writer) error{
		"run": explain.OfRun(runs["scored"]).Write, "verdict": explain.OfRun(runs["scored"]).WriteVerdict,
		"benchmark": explain.OfBenchmark(reporttest.Load("validation").Benchmark).Write,
	} {
		if err := write(full{}); !errors.Is(err, errFull) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
