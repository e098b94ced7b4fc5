package overhead

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// unclear pairs straddle the first threshold, clear ones do not.
func unclear(number int) []Pair { return pairsAround(number, 49, 30) }
func clear20() []Pair           { return pairsAround(20, 30, 5) }

func TestABenchmarkGoesOnUntilItIsConclusive(t *testing.T) {
	type progress struct {
		Planned     int32
		Ended       bool
		Looks       int32
		PlannedLook int32
	}
	for name, test := range map[string]struct {
		maximum int32
		pairs   []Pair
		want    progress
		status  metav1.ConditionStatus
		says    string
	}{
		"nothing was measured": {80, nil, progress{20, false, 0, 3}, metav1.ConditionUnknown, "0 of 20 pairs are completed"},
		"before the first look nobody looks, however clear it is": {80, clear20()[:19], progress{20, false, 0, 3}, metav1.ConditionUnknown, "19 of 20 pairs are completed"},
		"conclusive at the first look":                            {80, clear20(), progress{20, true, 1, 3}, metav1.ConditionTrue, "(between "},
		"not conclusive at the first look":                        {80, unclear(20), progress{40, false, 1, 3}, metav1.ConditionUnknown, "20 of 40 pairs are completed; the look before: EnableByDefault is decided by an overhead that is below 50 %, but with 98.33 % confidence the paired overhead lies between "},
		"between two looks":                                       {80, join(unclear(20), clear20()[:19]), progress{40, false, 1, 3}, metav1.ConditionUnknown, "39 of 40"},
		"conclusive at the second look":                           {80, join(unclear(20), pairsAround(20, 20, 5)), progress{40, true, 2, 3}, metav1.ConditionTrue, "40 pairs of 40 count"},
		"not conclusive at the second look":                       {80, join(unclear(20), unclear(20)), progress{80, false, 2, 3}, metav1.ConditionUnknown, "40 of 80"},
		"not conclusive at the last look":                         {80, join(unclear(20), unclear(20), unclear(40)), progress{80, true, 3, 3}, metav1.ConditionFalse, "valid pairs would decide it"},
		"without extension the first is the last":                 {20, unclear(20), progress{20, true, 1, 1}, metav1.ConditionFalse, "with 95 % confidence"},
		"a pair that does not count costs one more":               {80, withFailures(clear20(), 1), progress{21, false, 0, 3}, metav1.ConditionUnknown, "20 of 21 pairs are completed"},
		"and is made up for by it":                                {80, withFailures(pairsAround(21, 30, 5), 1), progress{21, true, 1, 3}, metav1.ConditionTrue, "20 pairs of 21 count"},
		"two that do not count cost two":                          {80, withFailures(pairsAround(21, 30, 5), 2), progress{22, false, 0, 3}, metav1.ConditionUnknown, "21 of 22"},
		"those before a look count for the next":                  {80, join(withFailures(unclear(21), 1), clear20()[:5]), progress{41, false, 1, 3}, metav1.ConditionUnknown, "26 of 41"},
		"no more than the maximum are completed":                  {21, withFailures(clear20(), 2), progress{21, false, 0, 2}, metav1.ConditionUnknown, "20 of 21"},
		"at the maximum it ends with what there is":               {21, withFailures(pairsAround(21, 30, 5), 2), progress{21, true, 1, 2}, metav1.ConditionFalse, "19 pairs of 21 count; it takes at least 20"},
		"a maximum that is the iterations makes up for nothing":   {20, withFailures(clear20(), 1), progress{20, true, 1, 1}, metav1.ConditionFalse, "19 pairs of 20 count"},
		"a benchmark of which nothing counts goes on":             {40, withFailures(clear20(), 20), progress{40, false, 0, 2}, metav1.ConditionUnknown, "20 of 40"},
		"until the maximum":                                       {40, withFailures(pairsAround(40, 30, 5), 40), progress{40, true, 1, 2}, metav1.ConditionFalse, "0 pairs of 40 count"},
		"a short baseline does not become longer":                 {80, identical(20, 10, 5), progress{20, true, 1, 3}, metav1.ConditionFalse, "below the floor"},
		"pairs that were not planned are not looked at":           {80, join(clear20(), unclear(5)), progress{20, true, 1, 3}, metav1.ConditionTrue, "20 pairs of 20 count"},
	} {
		t.Run(name, func(t *testing.T) {
			got := Assess(specOf(iterations(20, test.maximum)), passedTests, test.pairs)
			found := progress{got.Planned, got.Ended, *got.Statistics.Looks, *got.Statistics.PlannedLooks}
			if difference := cmp.Diff(test.want, found); difference != "" {
				t.Error(difference)
			}
			if got.Conclusive.Status != test.status {
				t.Errorf("Conclusive is %s: %s", got.Conclusive.Status, got.Conclusive.Message)
			}
			if !strings.Contains(got.Conclusive.Message, test.says) {
				t.Errorf("the message is %q, without %q", got.Conclusive.Message, test.says)
			}
			if !got.Ended && (got.Decision != "" || got.Rationale != "" || got.Finished != "") {
				t.Errorf("before the end there is %q, %q, %q", got.Finished, got.Decision, got.Rationale)
			}
		})
	}
}

// A controller that was restarted, or that assesses after every pair, ends where one that assesses once does.
func TestHowOftenSomebodyAssessesDoesNotMatter(t *testing.T) {
	for seed := range uint64(20) {
		pairs := drifting.benchmark(newRandom(seed), 80, 46)
		spec := specOf(iterations(20, 80))
		once := Assess(spec, passedTests, pairs)
		for completed := 0; ; completed++ {
			step := Assess(spec, passedTests, pairs[:completed])
			if step.Ended {
				if difference := cmp.Diff(once, step); difference != "" {
					t.Errorf("seed %d, after %d pairs: %s", seed, completed, difference)
				}
				break
			}
			if int(step.Planned) <= completed {
				t.Fatalf("seed %d: %d of %d pairs, and neither ended nor going on", seed, completed, step.Planned)
			}
		}
	}
}

func TestTheMessageNamesTheIntervalThatStraddles(t *testing.T) {
	// Ten short pairs and ten long ones that scatter: the long ones alone make up the mean.
	uneven := identical(10, 1100, 1000)
	for i := range 10 {
		uneven = append(uneven, pairOf(0, 40_000+int64(i)*18_000, 100_000))
	}
	for name, test := range map[string]struct {
		pairs []Pair
		want  string
	}{
		"the paired one":   {pairsAround(20, 49, 30), "EnableByDefault is decided by an overhead that is below 50 %, but with 95 % confidence the paired overhead lies between 33.9 and 60.2 %"},
		"that of the mean": {uneven, "but with 95 % confidence the overhead of the means, which outliers widen, lies between"},
		"that of the median": {
			join(identical(14, 1_000_000, 1_000_000), identical(6, 1_600_000, 1_000_000)),
			"but with 98.81 % confidence the median overhead, which checks the paired one, lies between 0.0 and 60.0 %",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := Assess(specOf(), passedTests, test.pairs)
			if got.Conclusive.Reason != v1alpha1.ReasonIntervalStraddles || !strings.Contains(got.Conclusive.Message, test.want) {
				t.Errorf("%s: %q, without %q", got.Conclusive.Reason, got.Conclusive.Message, test.want)
			}
		})
	}
}

func TestPairsToDecide(t *testing.T) {
	conclusiveWith := func(number int) bool {
		return Assess(specOf(iterations(int32(number), int32(number))), passedTests, pairsAround(number, 45, 20)).Conclusive.Status == metav1.ConditionTrue
	}
	got := Assess(specOf(), passedTests, pairsAround(20, 45, 20)).Statistics.PairsToDecide
	if got == nil || !conclusiveWith(int(*got)) || conclusiveWith(int(*got)/2) {
		t.Fatalf("it says %v; that many decide: %v, half as many: %v", got, conclusiveWith(int(*got)), conclusiveWith(int(*got)/2))
	}

	for name, test := range map[string]struct {
		change []change
		pairs  []Pair
		want   int32 // 0 if nothing is said
	}{
		"a conclusive decision needs no more":                 {nil, pairsAround(20, 30, 1), 0},
		"one pair short":                                      {[]change{iterations(20, 20)}, withFailures(pairsAround(20, 30, 1), 1), 20},
		"a smoke test that is clear":                          {[]change{iterations(5, 5)}, pairsAround(5, 30, 1), 20},
		"a smoke test of two pairs has hardly an interval":    {[]change{iterations(2, 2)}, withFailures(pairsAround(2, 30, 1), 1), 0},
		"an estimate in another band than the overhead":       {nil, join(pairsAround(19, 45, 1), []Pair{pairOf(0, 20_000_000, 1_000_000)}), 0},
		"so close to the threshold that nobody would wait":    {nil, pairsAround(20, 49.9999, 60), 0},
		"more pairs do not help where no functional test ran": {[]change{withoutSuite}, pairsAround(20, 49, 30), 0},
		"more pairs do not help a self-test":                  {[]change{selfTest}, against(pairsAround(20, 49, 30)), 0},
	} {
		t.Run(name, func(t *testing.T) {
			got := Assess(specOf(test.change...), passedTests, test.pairs)
			if pairs := got.Statistics.PairsToDecide; (pairs == nil) != (test.want == 0) || pairs != nil && *pairs != test.want {
				t.Errorf("got %v, want %d", pairs, test.want)
			}
			if says := fmt.Sprintf("about %d valid pairs", test.want); test.want > 20 && !strings.Contains(got.Conclusive.Message, says) {
				t.Errorf("the message is %q", got.Conclusive.Message)
			}
		})
	}
}
