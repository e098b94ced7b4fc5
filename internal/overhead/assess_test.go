package overhead

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

type change = func(*v1alpha1.BenchmarkSpec)

func iterations(number, maximum int32) change {
	return func(spec *v1alpha1.BenchmarkSpec) { spec.Iterations, spec.MaxIterations = &number, &maximum }
}

func selfTest(spec *v1alpha1.BenchmarkSpec) { spec.Baseline.Mode = v1alpha1.ModeSandbox }

func withoutSuite(spec *v1alpha1.BenchmarkSpec) {
	spec.FunctionalSuite = v1alpha1.FunctionalSuiteDisabled
}

// against the sandbox itself.
func against(pairs []Pair) []Pair {
	for i := range pairs {
		pairs[i].Baseline.Mode = v1alpha1.ModeSandbox
	}
	return pairs
}

func withFailures(pairs []Pair, number int) []Pair {
	for i := range number {
		pairs[i] = failed(pairs[i])
	}
	return pairs
}

func identical(number int, sandbox, baseline int64) []Pair {
	pairs := make([]Pair, number)
	for i := range pairs {
		pairs[i] = pairOf(i, sandbox, baseline)
	}
	return pairs
}

func join(groups ...[]Pair) []Pair {
	var all []Pair
	for _, group := range groups {
		all = append(all, group...)
	}
	for i := range all {
		all[i].Index = int32(i)
	}
	return all
}

// ending is what a benchmark comes to.
type ending struct {
	Finished   string
	Decision   v1alpha1.Decision
	Conclusive metav1.ConditionStatus
	Reason     string
}

func decided(decision v1alpha1.Decision) ending {
	return ending{v1alpha1.ReasonDecided, decision, metav1.ConditionTrue, v1alpha1.ReasonConclusive}
}

func inconclusive(decision v1alpha1.Decision, reason string) ending {
	return ending{v1alpha1.ReasonDecided, decision, metav1.ConditionFalse, reason}
}

func undecided(reason string) ending {
	return ending{reason, "", metav1.ConditionFalse, reason}
}

const (
	enable  = v1alpha1.DecisionEnableByDefault
	option  = v1alpha1.DecisionOptional
	inDocs  = v1alpha1.DecisionDocumentOnly
	refused = v1alpha1.DecisionDoNotUse
)

func TestDecisions(t *testing.T) {
	failedSuite := testsWith(v1alpha1.FunctionalPass, v1alpha1.FunctionalFail)
	for name, test := range map[string]struct {
		change []change
		tests  []v1alpha1.FunctionalTest // passed ones if nil
		pairs  []Pair
		want   ending
		says   string
	}{
		"49.9 % without any scatter":                {pairs: pairsAround(20, 49.9, 0), want: decided(enable), says: "takes 49.9 % longer in the sandbox than in mode ASTOnly (1499.00 s against 1000.00 s on average over 20 pairs), which is below 50 %, and every functional test passed."},
		"50 % is no longer below 50 %":              {pairs: pairsAround(20, 50, 0), want: decided(option), says: "which is at least 50 % and below 100 %"},
		"99.9 %":                                    {pairs: pairsAround(20, 99.9, 0), want: decided(option), says: "99.9 %"},
		"100 % is no longer below 100 %":            {pairs: pairsAround(20, 100, 0), want: decided(inDocs), says: "which is at least 100 %,"},
		"49.9999 % is not called 50":                {pairs: pairsAround(20, 49.9999, 0), want: decided(enable), says: "49.9999 %"},
		"a sandbox that is faster":                  {pairs: pairsAround(20, -12.5, 2), want: decided(enable), says: "takes 12.5 % less time in the sandbox"},
		"no overhead":                               {pairs: pairsAround(20, 0, 2), want: decided(enable), says: "takes 0.0 % longer"},
		"far from both thresholds with scatter":     {pairs: pairsAround(20, 75, 10), want: decided(option), says: "With 95 % confidence the paired overhead lies between "},
		"an interval that reaches over the first":   {pairs: pairsAround(20, 49, 10), want: inconclusive(enable, v1alpha1.ReasonIntervalStraddles), says: "below 50 %"},
		"an interval that reaches below it":         {pairs: pairsAround(20, 51, 10), want: inconclusive(option, v1alpha1.ReasonIntervalStraddles), says: "51.0 %"},
		"an interval that reaches over the second":  {pairs: pairsAround(20, 99, 10), want: inconclusive(option, v1alpha1.ReasonIntervalStraddles)},
		"an interval that reaches below the second": {pairs: pairsAround(20, 101, 10), want: inconclusive(inDocs, v1alpha1.ReasonIntervalStraddles)},
		"an interval over all three bands":          {pairs: pairsAround(20, 75, 99), want: inconclusive(option, v1alpha1.ReasonIntervalStraddles)},
		"one outlier that lifts the mean alone": {
			pairs: join(pairsAround(19, 45, 1), []Pair{pairOf(0, 20_000_000, 1_000_000)}),
			want:  inconclusive(inDocs, v1alpha1.ReasonIntervalStraddles), says: "DocumentOnly",
		},
		"an interval of the median that reaches over": {
			pairs: join(identical(14, 1_000_000, 1_000_000), identical(6, 1_600_000, 1_000_000)),
			want:  inconclusive(enable, v1alpha1.ReasonIntervalStraddles),
		},

		"one pair short":                        {change: []change{iterations(20, 20)}, pairs: withFailures(pairsAround(20, 30, 1), 1), want: inconclusive(enable, v1alpha1.ReasonTooFewPairs), says: "Excluded: 1 pair."},
		"one pair excluded and enough are left": {change: []change{iterations(21, 21)}, pairs: withFailures(pairsAround(21, 30, 1), 1), want: decided(enable), says: "on average over 20 pairs"},
		"as many excluded as are made up for":   {pairs: withFailures(pairsAround(25, 30, 1), 5), want: decided(enable), says: "Excluded: 5 pairs."},
		"one excluded more":                     {pairs: withFailures(pairsAround(25, 30, 1), 6), want: inconclusive(enable, v1alpha1.ReasonTooFewPairs), says: "over 19 pairs"},
		"every pair excluded":                   {pairs: withFailures(pairsAround(25, 30, 1), 25), want: undecided(v1alpha1.ReasonTooFewPairs), says: "No decision: of 25 pairs not one counts."},
		"one pair left":                         {change: []change{iterations(20, 20)}, pairs: withFailures(pairsAround(20, 30, 1), 19), want: inconclusive(enable, v1alpha1.ReasonTooFewPairs), says: "over 1 pair)"},

		"a baseline exactly at the floor": {pairs: identical(20, 1200, 1000), want: decided(enable)},
		"a baseline below the floor":      {pairs: identical(20, 1200, 999), want: undecided(v1alpha1.ReasonBaselineTooShort), says: "No decision: the mean iteration in mode ASTOnly takes 999.0 ms, which is below the floor of 1000 ms: measure with a strategy that takes longer."},
		"a baseline just below the floor is not called the floor": {
			pairs: join(identical(99, 1200, 1000), identical(1, 1200, 999)), change: []change{iterations(100, 100)},
			want: undecided(v1alpha1.ReasonBaselineTooShort), says: "999.99 ms",
		},
		"a smoke test with a short baseline": {change: []change{iterations(5, 5)}, pairs: identical(5, 10, 5), want: undecided(v1alpha1.ReasonBaselineTooShort)},

		"a smoke test":                         {change: []change{iterations(5, 5)}, pairs: pairsAround(5, 30, 1), want: inconclusive(enable, v1alpha1.ReasonSmokeTest), says: "EnableByDefault: "},
		"one iteration less than needed":       {change: []change{iterations(19, 19)}, pairs: pairsAround(19, 30, 0), want: inconclusive(enable, v1alpha1.ReasonSmokeTest)},
		"a smoke test is never extended":       {change: []change{iterations(5, 500)}, pairs: pairsAround(5, 30, 1), want: inconclusive(enable, v1alpha1.ReasonSmokeTest)},
		"a smoke test of a sandbox that fails": {change: []change{iterations(5, 5)}, tests: failedSuite, pairs: pairsAround(5, 30, 1), want: inconclusive(refused, v1alpha1.ReasonSmokeTest)},

		"the sandbox against itself":                   {change: []change{selfTest}, pairs: against(pairsAround(20, 0, 3)), want: undecided(v1alpha1.ReasonSelfTest), says: "contains 0, as it ought to"},
		"the sandbox against itself, but not the same": {change: []change{selfTest}, pairs: against(pairsAround(20, 10, 3)), want: undecided(v1alpha1.ReasonSelfTest), says: "does not contain 0: something else"},
		"a self-test is never extended":                {change: []change{selfTest, iterations(20, 80)}, pairs: against(pairsAround(20, 0, 99)), want: undecided(v1alpha1.ReasonSelfTest)},
		"a self-test of one pair":                      {change: []change{selfTest, iterations(2, 2)}, pairs: withFailures(against(pairsAround(2, 0, 0)), 1), want: undecided(v1alpha1.ReasonSelfTest), says: "over 1 pair)."},

		"a functional test fails":                       {tests: failedSuite, pairs: pairsAround(20, 10, 1), want: decided(refused), says: "DoNotUse: 1 functional test failed: test-1. An iteration takes 10.0 % longer"},
		"a functional test fails and no pair counts":    {tests: failedSuite, pairs: withFailures(pairsAround(20, 10, 1), 20), want: decided(refused), says: "DoNotUse: 1 functional test failed: test-1."},
		"a functional test fails and baseline is short": {tests: failedSuite, pairs: identical(20, 10, 5), want: decided(refused)},
		"a functional test fails in a self-test":        {change: []change{selfTest}, tests: failedSuite, pairs: against(pairsAround(20, 0, 1)), want: decided(refused)},
		"a failed sandbox is not measured for longer":   {change: []change{iterations(20, 80)}, tests: failedSuite, pairs: pairsAround(20, 49.9, 99), want: decided(refused)},
		"the functional tests are disabled":             {change: []change{withoutSuite}, pairs: pairsAround(20, 10, 1), want: inconclusive(enable, v1alpha1.ReasonSuiteDisabled), says: "and no functional test was run."},
		"the tests of a disabled suite do not matter":   {change: []change{withoutSuite}, tests: failedSuite, pairs: pairsAround(20, 10, 1), want: inconclusive(enable, v1alpha1.ReasonSuiteDisabled)},
		"without a suite nothing is extended":           {change: []change{withoutSuite, iterations(20, 80)}, pairs: pairsAround(20, 49, 50), want: inconclusive(enable, v1alpha1.ReasonSuiteDisabled)},
		"a functional test has not ended":               {tests: testsWith(v1alpha1.FunctionalPending, v1alpha1.FunctionalPass), pairs: pairsAround(20, 10, 1), want: inconclusive(enable, v1alpha1.ReasonTesting), says: "not every functional test has ended"},
		"no functional test is listed":                  {tests: []v1alpha1.FunctionalTest{}, pairs: pairsAround(20, 10, 1), want: inconclusive(enable, v1alpha1.ReasonTesting)},
		"a functional test was disturbed":               {tests: testsWith(v1alpha1.FunctionalPass, v1alpha1.FunctionalDisturbed), pairs: pairsAround(20, 10, 1), want: undecided(v1alpha1.ReasonTestsDisturbed), says: "No decision: 1 functional test could not be judged: test-1."},
		"a failure outweighs a disturbance":             {tests: testsWith(v1alpha1.FunctionalDisturbed, v1alpha1.FunctionalFail), pairs: pairsAround(20, 10, 1), want: decided(refused), says: "1 functional test failed: test-1"},
		"a disturbance outweighs what has not ended":    {tests: testsWith(v1alpha1.FunctionalPending, v1alpha1.FunctionalDisturbed), pairs: pairsAround(20, 10, 1), want: undecided(v1alpha1.ReasonTestsDisturbed)},
		"a disturbance in a smoke test":                 {change: []change{iterations(5, 5)}, tests: testsWith(v1alpha1.FunctionalDisturbed), pairs: pairsAround(5, 10, 1), want: undecided(v1alpha1.ReasonTestsDisturbed)},
		"a failure outweighs what has not ended":        {tests: testsWith(v1alpha1.FunctionalFail, v1alpha1.FunctionalPending), pairs: pairsAround(20, 10, 1), want: decided(refused)},

		"other thresholds": {
			change: []change{func(spec *v1alpha1.BenchmarkSpec) {
				spec.Thresholds = v1alpha1.Thresholds{OptionalPercent: ptr.To(int32(5)), DocumentOnlyPercent: ptr.To(int32(10))}
			}},
			pairs: pairsAround(20, 7, 1), want: decided(option), says: "at least 5 % and below 10 %",
		},
		"a spec without defaults": {
			change: []change{func(spec *v1alpha1.BenchmarkSpec) { *spec = v1alpha1.BenchmarkSpec{} }},
			pairs:  pairsAround(20, 30, 1), want: decided(enable),
		},
	} {
		t.Run(name, func(t *testing.T) {
			tests := test.tests
			if tests == nil {
				tests = passedTests
			}
			got := Assess(specOf(test.change...), tests, test.pairs)
			if !got.Ended || int(got.Planned) != len(test.pairs) {
				t.Fatalf("ended: %v, planned: %d of %d", got.Ended, got.Planned, len(test.pairs))
			}
			found := ending{got.Finished, got.Decision, got.Conclusive.Status, got.Conclusive.Reason}
			if difference := cmp.Diff(test.want, found); difference != "" {
				t.Errorf("%s\n%s\n%s", difference, got.Rationale, got.Conclusive.Message)
			}
			if !strings.Contains(got.Rationale, test.says) {
				t.Errorf("the rationale is %q, without %q", got.Rationale, test.says)
			}
			if got.Conclusive.Type != v1alpha1.ConditionConclusive || got.Conclusive.Message == "" {
				t.Errorf("the condition is %v", got.Conclusive)
			}
			if message := tooLong(&got); message != "" {
				t.Error(message)
			}
		})
	}
}
