package overhead

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

func TestTheStatusIsFilled(t *testing.T) {
	pairs := identical(20, 4100, 3000)
	for i := range pairs {
		pairs[i].Sandbox.CPUMillis, pairs[i].Baseline.CPUMillis = 2200, 2000
	}
	pairs[3] = failed(pairs[3])
	assessment := Assess(specOf(iterations(20, 20)), passedTests, pairs)
	status := v1alpha1.BenchmarkStatus{Decision: "stale", SamplesConfigMap: "b-samples"}
	assessment.Write(&status)

	point := func(percent, confidence string) *v1alpha1.Estimate {
		return &v1alpha1.Estimate{Percent: percent, LowerPercent: percent, UpperPercent: percent, Interval: percent + " to " + percent, Confidence: confidence}
	}
	want := v1alpha1.BenchmarkStatus{
		Decision: v1alpha1.DecisionEnableByDefault,
		Rationale: "EnableByDefault: an iteration takes 36.7 % longer in the sandbox than in mode ASTOnly (4.10 s against 3.00 s on average over 19 pairs), " +
			"which is below 50 %, and every functional test passed. With 95 % confidence the paired overhead lies between 36.7 and 36.7 %. Excluded: 1 pair.",
		SamplesConfigMap: "b-samples",
		Statistics: &v1alpha1.BenchmarkStatistics{
			ValidPairs: ptr.To(int32(19)), ExcludedPairs: ptr.To(int32(1)), OverheadPercent: "36.7",
			Paired: point("36.7", "0.95"), Mean: point("36.7", "0.95"), CPU: point("10.0", "0.95"),
			Median:   point("36.7", "0.9807"),
			Sandbox:  &v1alpha1.HalfStatistics{Runs: ptr.To(int32(20)), Succeeded: ptr.To(int32(19)), MeanMillis: ptr.To(int64(4100)), MedianMillis: ptr.To(int64(4100))},
			Baseline: &v1alpha1.HalfStatistics{Runs: ptr.To(int32(20)), Succeeded: ptr.To(int32(20)), MeanMillis: ptr.To(int64(3000)), MedianMillis: ptr.To(int64(3000))},
			Looks:    ptr.To(int32(1)), PlannedLooks: ptr.To(int32(1)), PairsToDecide: ptr.To(int32(20)),
		},
		Exclusions: []v1alpha1.Exclusion{{
			Pair: ptr.To(int32(3)), Mode: v1alpha1.ModeSandbox, Reason: "OOMKilled", Message: "the sandboxed half b-p0003-sandbox ended as OOMKilled",
		}},
	}
	for _, phase := range []struct {
		name              string
		sandbox, baseline int64
	}{
		{"queue", 5, 5}, {"start", 100, 100}, {"imports", 200, 200}, {"data", 30, 30}, {"seal", 4, 4}, {"gate", 3, 3},
		{"execution", 2050, 1500}, {"scoring", 20, 20}, {"other", 1688, 1138},
	} {
		want.Breakdown = append(want.Breakdown, v1alpha1.PhaseMeans{Name: phase.name, SandboxMillis: ptr.To(phase.sandbox), BaselineMillis: ptr.To(phase.baseline)})
	}
	want.Breakdown = append(want.Breakdown, v1alpha1.PhaseMeans{Name: "end", SandboxMillis: ptr.To(int64(800))})
	for i := range int32(20) {
		if i != 3 {
			want.Samples = append(want.Samples, v1alpha1.PairSample{Pair: ptr.To(i), SandboxMillis: ptr.To(int64(4100)), BaselineMillis: ptr.To(int64(3000))})
		}
	}
	if difference := cmp.Diff(want, status); difference != "" {
		t.Error(difference)
	}
}

func TestTheStatusStaysSmall(t *testing.T) {
	pairs := identical(500, 4100, 3000)
	for i := range 100 {
		pairs[i*5] = failed(pairs[i*5])
		pairs[i*5].Excluded = &v1alpha1.Exclusion{Reason: "OOMKilled"}
	}
	got := Assess(specOf(iterations(500, 500)), passedTests, pairs)
	if len(got.Exclusions) != 16 || *got.Exclusions[0].Pair != 0 || *got.Exclusions[15].Pair != 75 {
		t.Errorf("exclusions: %v", got.Exclusions)
	}
	if len(got.Samples) != 20 || *got.Samples[19].Pair != 499 || *got.Samples[0].Pair != 476 {
		t.Errorf("samples: %v", got.Samples)
	}
	if *got.Statistics.ExcludedPairs != 100 || !strings.Contains(got.Rationale, "Excluded: 100 pairs.") {
		t.Errorf("%d excluded: %s", *got.Statistics.ExcludedPairs, got.Rationale)
	}
}

func TestManyFailedTestsFitIntoTheRationale(t *testing.T) {
	tests := make([]v1alpha1.FunctionalTest, 32)
	for i := range tests {
		tests[i] = v1alpha1.FunctionalTest{Name: strings.Repeat("x", 63), Outcome: v1alpha1.FunctionalFail}
	}
	got := Assess(specOf(), tests, pairsAround(20, 30, 1))
	if message := tooLong(&got); message != "" || !strings.Contains(got.Rationale, "32 functional tests failed: x") || !strings.Contains(got.Rationale, " and 27 more.") {
		t.Errorf("%s %s", message, got.Rationale)
	}
}

func TestFiguresThatAreMissingAreNotMadeUp(t *testing.T) {
	one := Assess(specOf(iterations(2, 2)), passedTests, withFailures(identical(2, 4100, 3000), 1))
	if difference := cmp.Diff(&v1alpha1.Estimate{Percent: "36.7"}, one.Statistics.Paired); difference != "" {
		t.Errorf("one pair has an interval: %s", difference)
	}
	if one.Statistics.CPU != nil || !strings.HasSuffix(one.Rationale, "Excluded: 1 pair. CPU time is known of 0 of the 1 valid pair.") {
		t.Errorf("CPU time is %v: %s", one.Statistics.CPU, one.Rationale)
	}
	none := Assess(specOf(), passedTests, nil)
	if none.Statistics.OverheadPercent != "" || none.Statistics.Paired != nil || none.Breakdown != nil || none.Statistics.Sandbox.MeanMillis != nil {
		t.Errorf("no pair has statistics: %v", none.Statistics)
	}
}

func TestTimesOfOtherClocksAreNotShownBelowNothing(t *testing.T) {
	pairs := identical(1, 4100, 3000)
	pairs[0].Sandbox.Times.Execution = 5000
	got := Assess(specOf(), passedTests, pairs)
	if other := got.Breakdown[8]; other.Name != "other" || *other.SandboxMillis != 0 || *other.BaselineMillis != 1138 {
		t.Errorf("got %v", other)
	}
}

// recomputed.json is what hack/recompute-benchmark.py, which shares nothing with this package, makes of samples.json:
//
//	hack/recompute-benchmark.py --functional passed --iterations 24 --json internal/overhead/testdata/samples.json
func TestAnIndependentComputationAgrees(t *testing.T) {
	type interval struct{ Percent, Lower, Upper, Confidence float64 }
	var want struct {
		ValidPairs, ExcludedPairs, CPUPairs                    int
		OverheadPercent, SandboxMeanMillis, BaselineMeanMillis float64
		Paired, Mean, Median, CPU                              interval
		Decision                                               v1alpha1.Decision
		Conclusive                                             bool
		Reason                                                 string
	}
	recomputed, err := os.ReadFile("testdata/recomputed.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(recomputed, &want); err != nil {
		t.Fatal(err)
	}
	encoded, err := os.ReadFile("testdata/samples.json")
	if err != nil {
		t.Fatal(err)
	}
	samples, err := Decode(map[string]string{SamplesKey: string(encoded)}, nil)
	if err != nil {
		t.Fatal(err)
	}

	got := Measure(samples.Pairs, v1alpha1.ModeASTOnly, LevelsOf(1))
	same := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-7 {
			t.Errorf("%s is %v, recomputed %v", what, got, want)
		}
	}
	same("valid pairs", float64(got.Valid), float64(want.ValidPairs))
	same("excluded pairs", float64(got.Excluded), float64(want.ExcludedPairs))
	same("pairs with CPU time", float64(got.CPUPairs), float64(want.CPUPairs))
	same("overhead", *got.Overhead, want.OverheadPercent)
	same("mean of the sandbox", *got.Sandbox.MeanMillis, want.SandboxMeanMillis)
	same("mean of the baseline", *got.Baseline.MeanMillis, want.BaselineMeanMillis)
	for _, estimate := range []struct {
		what string
		got  *Estimate
		want interval
	}{{"paired", got.Paired, want.Paired}, {"mean", got.Mean, want.Mean}, {"median", got.Median, want.Median}, {"cpu", got.CPU, want.CPU}} {
		same(estimate.what, estimate.got.Percent, estimate.want.Percent)
		same(estimate.what+", lower", estimate.got.Lower, estimate.want.Lower)
		same(estimate.what+", upper", estimate.got.Upper, estimate.want.Upper)
		same(estimate.what+", confidence", estimate.got.Confidence, estimate.want.Confidence)
	}
	assessment := Assess(specOf(iterations(24, 24)), passedTests, samples.Pairs)
	if assessment.Decision != want.Decision || assessment.Conclusive.Reason != want.Reason ||
		(assessment.Conclusive.Status == "True") != want.Conclusive {
		t.Errorf("decided %s (%s), recomputed %s (%s)", assessment.Decision, assessment.Conclusive.Reason, want.Decision, want.Reason)
	}
}
