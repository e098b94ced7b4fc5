package overhead

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

func measured(pairs []Pair) Statistics { return Measure(pairs, v1alpha1.ModeASTOnly, LevelsOf(1)) }

func TestThePairedIntervalIsStudents(t *testing.T) {
	// Student's own example of 1908, hours of sleep gained by ten patients with either drug, is here the logarithm of ten
	// ratios. The interval of the mean difference is what every textbook prints.
	differences := []float64{1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4}
	ratios := make([]float64, len(differences))
	for i, difference := range differences {
		ratios[i] = math.Exp(difference)
	}
	estimate := pairedEstimate(ratios, 0.95)
	for name, figures := range map[string]struct{ got, want float64 }{
		"mean":  {estimate.Percent, 1.58},
		"lower": {estimate.Lower, 0.7001142},
		"upper": {estimate.Upper, 2.4598858},
	} {
		if got := math.Log1p(figures.got / 100); math.Abs(got-figures.want) > 1e-7 {
			t.Errorf("%s is %.8f, want %.8f", name, got, figures.want)
		}
	}
}

func TestTheMediansIntervalLiesBetweenOrderStatistics(t *testing.T) {
	// The orders and their confidence follow from the binomial distribution: 1 - 2 P(X <= 4) of 20 is 0.98818.
	for name, test := range map[string]struct {
		number               int
		confidence           float64
		median, lower, upper float64
		actual               float64
	}{
		"of 10 with 95 %": {10, 0.95, 5.5, 2, 9, 0.978515625},
		"of 20 with 95 %": {20, 0.95, 10.5, 6, 15, 0.958610535},
		"of 20 with 98 %": {20, 0.98, 10.5, 5, 16, 0.988182068},
		"of 5, which are too few to have an interval": {5, 0.98, 3, math.Inf(-1), math.Inf(1), 1},
	} {
		t.Run(name, func(t *testing.T) {
			ratios := make([]float64, test.number)
			for i := range ratios {
				ratios[i] = 1 + float64(test.number-i)/100
			}
			want := &Estimate{Percent: test.median, Lower: test.lower, Upper: test.upper, Confidence: test.actual}
			if difference := cmp.Diff(want, medianEstimate(ratios, test.confidence), cmpopts.EquateApprox(0, 1e-8)); difference != "" {
				t.Error(difference)
			}
		})
	}
}

func TestFewPairs(t *testing.T) {
	none := Measure(nil, v1alpha1.ModeASTOnly, LevelsOf(1))
	if difference := cmp.Diff(Statistics{}, none); difference != "" {
		t.Errorf("no pairs have statistics: %s", difference)
	}

	unbounded := func(percent float64) *Estimate {
		return &Estimate{Percent: percent, Lower: math.Inf(-1), Upper: math.Inf(1), Confidence: 0.95}
	}
	one := measured([]Pair{pairOf(0, 4500, 3000)})
	if *one.Overhead != 50 {
		t.Errorf("the overhead of one pair is %v", *one.Overhead)
	}
	for name, got := range map[string]*Estimate{"paired": one.Paired, "mean": one.Mean} {
		if difference := cmp.Diff(unbounded(50), got); difference != "" {
			t.Errorf("%s: %s", name, difference)
		}
	}
	if one.Median.Bounded() || one.Median.Percent != 50 {
		t.Errorf("the median of one pair is %v", one.Median)
	}

	two := measured([]Pair{pairOf(0, 4000, 4000), pairOf(1, 8000, 4000)})
	if !two.Paired.Bounded() || two.Paired.Lower > -98 || two.Paired.Upper < 1e4 {
		t.Errorf("two pairs give an interval as narrow as %v", two.Paired)
	}
	if *two.Overhead != 50 || math.Abs(two.Paired.Percent-41.421356237) > 1e-8 {
		t.Errorf("twice as long in one of two pairs is %v and %v %%", *two.Overhead, two.Paired.Percent)
	}
}

func TestIdenticalPairsHaveAnIntervalOfOnePoint(t *testing.T) {
	for name, test := range map[string]struct {
		sandbox, baseline int64
		percent           float64
	}{
		"half as long again is exactly the first threshold": {4500, 3000, 50},
		"also if the quotient has no end in binary":         {4950, 3300, 50},
		"twice as long is exactly the second":               {6666, 3333, 100},
		"as long":                                           {3000, 3000, 0},
		"a tenth shorter":                                   {2700, 3000, -10},
	} {
		t.Run(name, func(t *testing.T) {
			pairs := make([]Pair, 23)
			for i := range pairs {
				pairs[i] = pairOf(i, test.sandbox, test.baseline)
			}
			statistics := measured(pairs)
			for name, estimate := range map[string]*Estimate{"paired": statistics.Paired, "mean": statistics.Mean, "median": statistics.Median} {
				if estimate.Percent != test.percent || estimate.Lower != test.percent || estimate.Upper != test.percent {
					t.Errorf("%s is %v", name, estimate)
				}
			}
			if *statistics.Overhead != test.percent {
				t.Errorf("the overhead is %v", *statistics.Overhead)
			}
		})
	}
}

func TestTheFormulaDividesMeans(t *testing.T) {
	// Two short pairs without overhead and a long one with much: the mean is what the long one says.
	statistics := measured([]Pair{pairOf(0, 1000, 1000), pairOf(1, 1000, 1000), pairOf(2, 16000, 8000)})
	if *statistics.Overhead != 80 || statistics.Mean.Percent != 80 {
		t.Errorf("the overhead is %v and %v, want 80", *statistics.Overhead, statistics.Mean.Percent)
	}
	if statistics.Median.Percent != 0 {
		t.Errorf("the median is %v, want 0", statistics.Median.Percent)
	}
	if math.Abs(statistics.Paired.Percent-25.992104989) > 1e-8 { // the cube root of 2
		t.Errorf("the paired overhead is %v", statistics.Paired.Percent)
	}
	want := Halves{Runs: 3, Succeeded: 3, MeanMillis: ptr.To(6000.0), MedianMillis: ptr.To(1000.0)}
	if difference := cmp.Diff(want, statistics.Sandbox); difference != "" {
		t.Error(difference)
	}
}

func TestTheOrderOfPairsDoesNotMatter(t *testing.T) {
	pairs := outliers.benchmark(newRandom(7), 40, 38)
	forwards := measured(pairs)
	for i, j := 0, len(pairs)-1; i < j; i, j = i+1, j-1 {
		pairs[i], pairs[j] = pairs[j], pairs[i]
	}
	if difference := cmp.Diff(forwards, measured(pairs)); difference != "" {
		t.Error(difference)
	}
}

func TestCPUTimeIsMeasuredApart(t *testing.T) {
	pairs := make([]Pair, 4)
	for i := range pairs {
		pairs[i] = pairOf(i, 6000, 3000)
		pairs[i].Sandbox.CPUMillis, pairs[i].Baseline.CPUMillis = 1100, 1000
	}
	if all := measured(pairs); all.CPUPairs != 4 || all.CPU.Percent != 10 || all.CPU.Upper != 10 {
		t.Errorf("CPU time of 4 pairs: %d, %v", all.CPUPairs, all.CPU)
	}
	pairs[0].Sandbox.CPUMillis, pairs[1].Baseline.CPUMillis = 0, 0
	if some := measured(pairs); some.CPUPairs != 2 || some.CPU.Percent != 10 || some.Valid != 4 {
		t.Errorf("CPU time of 2 pairs: %d, %v", some.CPUPairs, some.CPU)
	}
	if none := measured(pairs[:2]); none.CPUPairs != 0 || none.CPU != nil || none.Paired == nil {
		t.Errorf("CPU time of no pair: %d, %v", none.CPUPairs, none.CPU)
	}
}

func TestPhasesAddUp(t *testing.T) {
	pairs := []Pair{pairOf(0, 4000, 3000), pairOf(1, 5000, 3001)}
	pairs[0].Baseline.Times = Times{Total: 3000, Imports: 200, Gate: 3, Execution: 2700, Scoring: 20}
	pairs[1].Sandbox.Times.End = nil
	got := measured(pairs).Phases
	want := []Phase{
		{"queue", ptr.To(5.0), ptr.To(2.5)},
		{"start", ptr.To(100.0), ptr.To(50.0)},
		{"imports", ptr.To(200.0), ptr.To(200.0)},
		{"data", ptr.To(30.0), ptr.To(15.0)},
		{"seal", ptr.To(4.0), ptr.To(2.0)},
		{"gate", ptr.To(3.0), ptr.To(3.0)},
		{"execution", ptr.To(2250.0), ptr.To(2100.0)},
		{"scoring", ptr.To(20.0), ptr.To(20.0)},
		{"other", ptr.To(1888.0), ptr.To(608.0)},
		// Of the one half whose Pod was seen to go; no baseline half has one.
		{"end", ptr.To(800.0), nil},
	}
	if difference := cmp.Diff(want, got); difference != "" {
		t.Error(difference)
	}
}

func TestExclusions(t *testing.T) {
	for name, test := range map[string]struct {
		change   func(*Pair)
		baseline v1alpha1.Mode
		want     *v1alpha1.Exclusion
	}{
		"both halves were scored": {func(*Pair) {}, v1alpha1.ModeASTOnly, nil},
		"the sandboxed half failed": {func(pair *Pair) { pair.Sandbox.Verdict = v1alpha1.VerdictOOMKilled }, v1alpha1.ModeASTOnly,
			&v1alpha1.Exclusion{Mode: v1alpha1.ModeSandbox, Reason: "OOMKilled", Message: "the sandboxed half b-p0007-sandbox ended as OOMKilled"}},
		"the other half failed": {func(pair *Pair) { pair.Baseline.Verdict = v1alpha1.VerdictStrategyError }, v1alpha1.ModeASTOnly,
			&v1alpha1.Exclusion{Mode: v1alpha1.ModeASTOnly, Reason: "StrategyError", Message: "the baseline half b-p0007-baseline ended as StrategyError"}},
		"a half that vanished": {func(pair *Pair) { pair.Baseline.Verdict = "" }, v1alpha1.ModeASTOnly,
			&v1alpha1.Exclusion{Mode: v1alpha1.ModeASTOnly, Reason: ReasonNoVerdict, Message: "the baseline half b-p0007-baseline has no verdict"}},
		"a half fell back": {func(pair *Pair) { pair.Sandbox.Mode = v1alpha1.ModeASTOnly }, v1alpha1.ModeASTOnly,
			&v1alpha1.Exclusion{Mode: v1alpha1.ModeSandbox, Reason: ReasonWrongMode, Message: "the sandboxed half b-p0007-sandbox was executed in mode ASTOnly, not Sandbox"}},
		"a baseline half of a self-test was executed without a sandbox": {func(*Pair) {}, v1alpha1.ModeSandbox,
			&v1alpha1.Exclusion{Mode: v1alpha1.ModeSandbox, Reason: ReasonWrongMode, Message: "the baseline half b-p0007-baseline was executed in mode ASTOnly, not Sandbox"}},
		"a half took no time": {func(pair *Pair) { pair.Baseline.Times.Total = 0 }, v1alpha1.ModeASTOnly,
			&v1alpha1.Exclusion{Mode: v1alpha1.ModeASTOnly, Reason: ReasonNoTime, Message: "the baseline half b-p0007-baseline took 0 ms from submit to verdict, which nothing can be divided by"}},
		"clocks that differ made a time negative": {func(pair *Pair) { pair.Sandbox.Times.Total = -3 }, v1alpha1.ModeASTOnly,
			&v1alpha1.Exclusion{Mode: v1alpha1.ModeSandbox, Reason: ReasonNoTime, Message: "the sandboxed half b-p0007-sandbox took -3 ms from submit to verdict, which nothing can be divided by"}},
		"the dataset was replaced in between": {func(pair *Pair) { pair.Baseline.Dataset = "sha256:e" }, v1alpha1.ModeASTOnly,
			&v1alpha1.Exclusion{Reason: ReasonDatasetDiffers, Message: "the sandboxed half read dataset sha256:d, the baseline half sha256:e"}},
		"what excluded it is on record": {func(pair *Pair) { pair.Excluded = &v1alpha1.Exclusion{Reason: "PodLost"} }, v1alpha1.ModeASTOnly,
			&v1alpha1.Exclusion{Reason: "PodLost"}},
	} {
		t.Run(name, func(t *testing.T) {
			pair := pairOf(7, 4000, 3000)
			test.change(&pair)
			if test.want != nil && pair.Excluded == nil {
				test.want.Pair = ptr.To(int32(7))
			}
			if difference := cmp.Diff(test.want, Exclude(&pair, test.baseline)); difference != "" {
				t.Error(difference)
			}
			statistics := Measure([]Pair{pair}, test.baseline, LevelsOf(1))
			if excluded := statistics.Excluded == 1; excluded != (test.want != nil) || statistics.Valid+statistics.Excluded != 1 {
				t.Errorf("%d valid, %d excluded", statistics.Valid, statistics.Excluded)
			}
		})
	}
}

func TestAHalfThatWasNeverSubmittedIsNoRun(t *testing.T) {
	pair := failed(pairOf(0, 4000, 3000))
	pair.Baseline = Half{}
	statistics := measured([]Pair{pair, pairOf(1, 4000, 3000)})
	if difference := cmp.Diff([]Halves{
		{Runs: 2, Succeeded: 1, MeanMillis: ptr.To(4000.0), MedianMillis: ptr.To(4000.0)},
		{Runs: 1, Succeeded: 1, MeanMillis: ptr.To(3000.0), MedianMillis: ptr.To(3000.0)},
	}, []Halves{statistics.Sandbox, statistics.Baseline}); difference != "" {
		t.Error(difference)
	}
}
