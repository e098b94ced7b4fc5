package overhead

import (
	"fmt"
	"time"

	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// pairOf two scored halves that took so many milliseconds.
func pairOf(index int, sandbox, baseline int64) Pair {
	half := func(name string, mode v1alpha1.Mode, millis int64) Half {
		return Half{
			Run: fmt.Sprintf("b-p%04d-%s", index, name), Mode: mode, Verdict: v1alpha1.VerdictCompleted,
			Dataset: "sha256:d", Node: "node0", SubmittedAt: time.Date(2026, 5, 4, 3, 2, 1, 123456789, time.UTC).Add(time.Duration(index) * time.Minute),
			Times: Times{Total: millis, Queue: 5, Start: 100, Imports: 200, Data: 30, Seal: 4, Gate: 3, Execution: millis / 2, Scoring: 20},
		}
	}
	pair := Pair{
		Index: int32(index), Strategy: "momentum", SandboxFirst: index%2 == 0,
		Sandbox: half("sandbox", v1alpha1.ModeSandbox, sandbox), Baseline: half("baseline", v1alpha1.ModeASTOnly, baseline),
	}
	pair.Sandbox.Times.End = ptr.To(int64(800))
	return pair
}

// pairsAround so many pairs whose ratios differ: their overhead is percent in each measure, and the half-width of what
// they scatter over is spread, in percent of the ratio.
func pairsAround(number int, percent, spread float64) []Pair {
	const baseline = 1_000_000 // long enough for the rounding to milliseconds not to matter
	pairs := make([]Pair, number)
	for i := range pairs {
		// Symmetric around 0 from -1 to 1.
		position := 0.0
		if number > 1 {
			position = 2*float64(i)/float64(number-1) - 1
		}
		pairs[i] = pairOf(i, int64(baseline*(1+percent/100)*(1+position*spread/100)+0.5), baseline)
	}
	return pairs
}

func failed(pair Pair) Pair {
	pair.Sandbox.Verdict = v1alpha1.VerdictOOMKilled
	return pair
}

func specOf(change ...func(*v1alpha1.BenchmarkSpec)) *v1alpha1.BenchmarkSpec {
	spec := &v1alpha1.BenchmarkSpec{
		Iterations:      ptr.To(int32(20)),
		FunctionalSuite: v1alpha1.FunctionalSuiteEnabled,
		Thresholds:      v1alpha1.Thresholds{OptionalPercent: ptr.To(int32(50)), DocumentOnlyPercent: ptr.To(int32(100))},
		Baseline:        v1alpha1.Baseline{Mode: v1alpha1.ModeASTOnly, FloorMillis: ptr.To(int32(1000))},
	}
	for _, apply := range change {
		apply(spec)
	}
	return spec
}

func testsWith(outcomes ...v1alpha1.FunctionalOutcome) []v1alpha1.FunctionalTest {
	tests := make([]v1alpha1.FunctionalTest, len(outcomes))
	for i, outcome := range outcomes {
		tests[i] = v1alpha1.FunctionalTest{Name: fmt.Sprintf("test-%d", i), Outcome: outcome}
	}
	return tests
}

var passedTests = testsWith(v1alpha1.FunctionalPass, v1alpha1.FunctionalPass)
