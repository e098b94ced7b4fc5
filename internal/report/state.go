package report

import (
	"fmt"

	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// tone is what a mark, and only then a colour, tells about a finding.
type tone string

const (
	toneGood tone = "good"
	toneBad  tone = "bad"
	toneOpen tone = "open"
)

// check is one thing that a decision rests on.
type check struct {
	Tone tone
	Name string
	Text string
}

// Mark is the finding for those who see no colour.
func (c check) Mark() string {
	switch c.Tone {
	case toneGood:
		return "✓"
	case toneBad:
		return "✗"
	default:
		return "–"
	}
}

// Spoken is the mark for those who listen.
func (c check) Spoken() string {
	switch c.Tone {
	case toneGood:
		return "Yes"
	case toneBad:
		return "No"
	default:
		return "Open"
	}
}

func condition(b *v1alpha1.Benchmark, name string) metav1.Condition {
	if found := apimeta.FindStatusCondition(b.Status.Conditions, name); found != nil {
		return *found
	}
	return metav1.Condition{Type: name, Status: metav1.ConditionUnknown}
}

func finished(b *v1alpha1.Benchmark) bool {
	return condition(b, v1alpha1.ConditionFinished).Status == metav1.ConditionTrue
}

func conclusive(b *v1alpha1.Benchmark) bool {
	return condition(b, v1alpha1.ConditionConclusive).Status == metav1.ConditionTrue
}

func selfTest(b *v1alpha1.Benchmark) bool { return b.Spec.Baseline.Mode == v1alpha1.ModeSandbox }

func smokeTest(b *v1alpha1.Benchmark) bool {
	return condition(b, v1alpha1.ConditionConclusive).Reason == v1alpha1.ReasonSmokeTest ||
		b.Spec.Iterations != nil && *b.Spec.Iterations < v1alpha1.MinConclusivePairs
}

// progress says how many pairs are done, as far as anybody knows.
func progress(b *v1alpha1.Benchmark) string {
	if p := b.Status.Progress; p != nil && p.PlannedPairs != nil {
		return fmt.Sprintf("%d of %s", deref(p.CompletedPairs), count(deref(p.PlannedPairs), "pair"))
	}
	return "no pair"
}

// headline says in a few words where the benchmark stands, and kicker what kind of answer that is.
func headline(b *v1alpha1.Benchmark) (kicker, words string) {
	end := condition(b, v1alpha1.ConditionFinished)
	if !finished(b) {
		return "Not finished", underWay(b, end.Reason)
	}
	switch end.Reason {
	case v1alpha1.ReasonDecided:
		return decided(b)
	case v1alpha1.ReasonSelfTest:
		return "Self-test", selfTested(b)
	case v1alpha1.ReasonCancelled:
		return "No decision", "Cancelled after " + progress(b)
	case v1alpha1.ReasonDeadlineExceeded:
		return "No decision", "Out of time after " + progress(b)
	case v1alpha1.ReasonNoStrategies:
		return "No decision", "There was no strategy to execute"
	case v1alpha1.ReasonTooManyStrategies:
		return "No decision", "Too many strategies were selected"
	case v1alpha1.ReasonStrategyRejected:
		return "No decision", "The gate rejected a strategy"
	case v1alpha1.ReasonBaselineTooShort:
		return "No decision", "The baseline is too short to compare with"
	case v1alpha1.ReasonTestsDisturbed:
		return "No decision", "A functional test was disturbed"
	case v1alpha1.ReasonTooFewPairs:
		return "No decision", "Not one pair counts"
	case v1alpha1.ReasonStrategyChanged:
		return "No decision", "A strategy was changed meanwhile"
	case v1alpha1.ReasonRunRefused:
		return "No decision", "A run was refused"
	case v1alpha1.ReasonSamplesLost:
		return "No decision", "The samples were lost"
	default:
		return "No decision", "Ended: " + end.Reason
	}
}

func underWay(b *v1alpha1.Benchmark, reason string) string {
	switch reason {
	case v1alpha1.ReasonTesting:
		return "Functional tests are under way"
	case v1alpha1.ReasonMeasuring:
		return "Measured " + progress(b)
	case v1alpha1.ReasonSuspended:
		return "Suspended after " + progress(b)
	default:
		return "Not started yet"
	}
}

func decided(b *v1alpha1.Benchmark) (kicker, words string) {
	words = advice(b.Status.Decision)
	switch {
	case selfTest(b):
		return "Self-test", selfTested(b)
	case smokeTest(b) && b.Status.Decision == v1alpha1.DecisionDoNotUse:
		return "Smoke test", "A functional test failed"
	case smokeTest(b):
		return "Smoke test", "Too few pairs to decide anything"
	case words == "":
		return "No decision", "The samples allow no decision"
	case conclusive(b):
		return "Decision", words
	default:
		return "Not conclusive", "Perhaps: " + lowerFirst(words)
	}
}

// selfTested says what comparing the sandbox with itself ought to show: no difference.
func selfTested(b *v1alpha1.Benchmark) string {
	paired, ok := estimateOf(b.Status.Statistics)
	switch {
	case !ok || !paired.bounded:
		return "The sandbox was compared with itself"
	case paired.lower <= 0 && paired.upper >= 0:
		return "No difference found, as there should be none"
	default:
		return "A difference where there should be none"
	}
}

func lowerFirst(words string) string { return string(words[0]|0x20) + words[1:] }

// lead says why, in the manager's own sentence where it has written one.
func lead(b *v1alpha1.Benchmark) string {
	end := condition(b, v1alpha1.ConditionFinished)
	switch {
	case b.Status.Rationale != "":
		return b.Status.Rationale
	case end.Message != "":
		return sentence(end.Message)
	case end.Reason == v1alpha1.ReasonTesting:
		_, said := functionalTests(b)
		return said + " The first pair follows them."
	case end.Reason == v1alpha1.ReasonMeasuring:
		return "The figures are those so far." + remaining(b)
	default:
		return "Nothing has been measured yet. Write the report again when the benchmark has gone on."
	}
}

// remaining says how long the rest takes, if anybody knows.
func remaining(b *v1alpha1.Benchmark) string {
	if p := b.Status.Progress; p != nil && p.Remaining != "" {
		return " The rest takes about " + p.Remaining + "."
	}
	return ""
}
