package report

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
)

// view is everything that a report shows, in words and positions, before any markup.
type view struct {
	Name, Namespace string
	Kicker          string
	Headline        string
	Lead            string
	// Tone of the answer: good and bad are decisions that stand, anything else is open.
	Tone        tone
	Checks      []check
	Consequence string
	Figures     []fact
	// Notes say what to keep in mind about the samples.
	Notes []string

	// NoPlot says why there is no plot of the overhead.
	NoPlot       string
	Overhead     *overheadPlot
	Estimates    []estimate
	Pairs        *pairsPlot
	Distribution *distributionPlot
	Phases       *phasesPlot

	Tests      []functionalTest
	TestsSaid  string
	Exclusions exclusions
	Setup      []fact
	Strategies []fact
	Where      []fact
	Manifest   manifest
	Rows       []row
	// Baseline is what the sandbox is compared with, in words.
	Baseline string
}

// fact is a name and what is known of it.
type fact struct{ Name, Value, Note string }

func describe(b *v1alpha1.Benchmark, samples overhead.Samples) view {
	v := view{Name: b.Name, Namespace: b.Namespace, Lead: lead(b), Tone: toneOpen, Baseline: baselineName(b)}
	v.Kicker, v.Headline = headline(b)
	if finished(b) && conclusive(b) {
		v.Tone = toneGood
		if b.Status.Decision == v1alpha1.DecisionDoNotUse {
			v.Tone = toneBad
		}
	}
	pairs := samples.Pairs
	if len(pairs) == 0 && len(b.Status.Samples) > 0 {
		pairs = fromStatus(&b.Status)
		v.Notes = append(v.Notes, fmt.Sprintf("The ConfigMap with all samples was not there; the plots show the last %s of the benchmark's status.", count(len(pairs), "pair")))
	}
	v.Checks, v.Consequence = checks(b), consequence(b)
	v.Figures = figures(b)
	v.Estimates = estimates(b)
	v.Overhead = newOverheadPlot(b, pairs)
	v.NoPlot = "The plot of the overhead appears when the first pair has been measured."
	if finished(b) {
		v.NoPlot = "No pair counts, so there is nothing to plot."
	}
	v.Pairs = newPairsPlot(b, pairs)
	v.Distribution = newDistributionPlot(b, pairs)
	v.Phases = newPhasesPlot(b)
	v.Tests, v.TestsSaid = functionalTests(b)
	v.Exclusions = newExclusions(b, pairs)
	v.Setup, v.Strategies, v.Where = setup(b, samples), strategies(b), environment(b.Status.Environment)
	v.Manifest = reproduce(b)
	v.Rows = rows(pairs)
	return v
}

func baselineName(b *v1alpha1.Benchmark) string {
	if selfTest(b) {
		return "Sandbox again"
	}
	return "AST-only"
}

// fromStatus makes pairs of the few samples that the status keeps: total times only.
func fromStatus(status *v1alpha1.BenchmarkStatus) []overhead.Pair {
	excluded := map[int32]*v1alpha1.Exclusion{}
	for i, exclusion := range status.Exclusions {
		excluded[int32(deref(exclusion.Pair))] = &status.Exclusions[i]
	}
	pairs := make([]overhead.Pair, 0, len(status.Samples))
	for _, sample := range status.Samples {
		pair := overhead.Pair{Index: int32(deref(sample.Pair))}
		pair.Sandbox.Times.Total, pair.Baseline.Times.Total = int64(deref(sample.SandboxMillis)), int64(deref(sample.BaselineMillis))
		pair.Excluded = excluded[pair.Index]
		pairs = append(pairs, pair)
	}
	return pairs
}

// checks are what a conclusive decision rests on, in the order in which they rule it out.
func checks(b *v1alpha1.Benchmark) []check {
	result := []check{functionalCheck(b), pairsCheck(b), floorCheck(b), intervalCheck(b)}
	if selfTest(b) {
		result = append(result, check{toneBad, "Compared with AST-only", "The baseline is the sandbox itself, so nothing is decided."})
	}
	return result
}

func functionalCheck(b *v1alpha1.Benchmark) check {
	_, said := functionalTests(b)
	result := check{toneOpen, "Functional tests", said}
	found := condition(b, v1alpha1.ConditionFunctionalTestsPassed)
	switch {
	case found.Status == metav1.ConditionTrue:
		result.Tone = toneGood
	case found.Reason == v1alpha1.ReasonTestFailed:
		result.Tone = toneBad
	case b.Spec.FunctionalSuite == v1alpha1.FunctionalSuiteDisabled:
		result.Tone, result.Text = toneBad, "They were not run, so nothing is conclusive."
	}
	return result
}

func pairsCheck(b *v1alpha1.Benchmark) check {
	result := check{toneOpen, "Enough pairs", fmt.Sprintf("None so far; %d valid ones are needed.", v1alpha1.MinConclusivePairs)}
	s := b.Status.Statistics
	if s == nil {
		return result
	}
	valid := deref(s.ValidPairs)
	result.Text = fmt.Sprintf("%d valid, %d excluded; %d valid ones are needed.", valid, deref(s.ExcludedPairs), v1alpha1.MinConclusivePairs)
	if valid >= v1alpha1.MinConclusivePairs {
		result.Tone = toneGood
	} else if finished(b) {
		result.Tone = toneBad
	}
	return result
}

func floorCheck(b *v1alpha1.Benchmark) check {
	floor := orElse(deref(b.Spec.Baseline.FloorMillis), defaultFloorMillis)
	result := check{toneOpen, "Baseline long enough", "At least " + duration(floor) + " is needed."}
	s := b.Status.Statistics
	if s == nil || s.Baseline == nil || s.Baseline.MeanMillis == nil {
		return result
	}
	mean := float64(*s.Baseline.MeanMillis)
	result.Text = fmt.Sprintf("%s on average; at least %s is needed.", duration(mean), duration(floor))
	if mean >= floor {
		result.Tone = toneGood
	} else {
		result.Tone = toneBad
	}
	return result
}

// intervalCheck repeats what the condition says: it alone knows of every reason, and how many pairs would decide.
func intervalCheck(b *v1alpha1.Benchmark) check {
	result := check{toneOpen, "Conclusive", "Judged when all planned pairs are measured."}
	found := condition(b, v1alpha1.ConditionConclusive)
	if found.Message != "" {
		result.Text = sentence(found.Message)
	}
	switch found.Status {
	case metav1.ConditionTrue:
		result.Tone = toneGood
	case metav1.ConditionFalse:
		result.Tone = toneBad
	}
	return result
}

// consequence says what became of the decision, and what is left to do.
func consequence(b *v1alpha1.Benchmark) string {
	applied := condition(b, v1alpha1.ConditionApplied)
	switch {
	case applied.Status == metav1.ConditionTrue:
		return "Applied: " + orMessage(applied.Message, "learning_system.yaml says what the decision says.")
	case !finished(b):
		return ""
	case applied.Reason == v1alpha1.ReasonApplyFailed:
		return "Could not be applied: " + orMessage(applied.Message, "learning_system.yaml cannot be changed by a program as it stands.")
	case !conclusive(b):
		return "Nothing was changed: only a conclusive decision is applied."
	case b.Status.Decision == v1alpha1.DecisionEnableByDefault:
		return "Not applied. To follow it, set sandbox.enabled: true in learning_system.yaml."
	case b.Status.Decision == v1alpha1.DecisionDoNotUse:
		return "Not applied. To follow it, set sandbox.enabled: false in learning_system.yaml, and see which tests failed."
	default:
		return "Not applied. To follow it, set sandbox.enabled: false in learning_system.yaml; a run can still ask for mode: Sandbox."
	}
}

func orMessage(message, otherwise string) string {
	if message == "" {
		return otherwise
	}
	return sentence(message)
}
