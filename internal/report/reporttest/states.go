package reporttest

import (
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
)

// State is a benchmark that ended, or has got, somewhere in particular, and what its report has to say of it.
type State struct {
	Case
	Says []string
}

func set(b *v1alpha1.Benchmark, kind string, status metav1.ConditionStatus, reason, message string) {
	apimeta.SetStatusCondition(&b.Status.Conditions, metav1.Condition{Type: kind, Status: status, Reason: reason, Message: message,
		LastTransitionTime: b.CreationTimestamp})
}

// undecided turns a running benchmark into one that ended, or waits, for a reason.
func undecided(name string, status metav1.ConditionStatus, reason, message string, says ...string) State {
	c := Load("running")
	c.Name = name
	set(c.Benchmark, v1alpha1.ConditionFinished, status, reason, message)
	if status == metav1.ConditionTrue {
		set(c.Benchmark, v1alpha1.ConditionConclusive, metav1.ConditionFalse, reason, message)
		set(c.Benchmark, v1alpha1.ConditionApplied, metav1.ConditionFalse, v1alpha1.ReasonNotConclusive, "Only a conclusive decision is applied.")
		c.Benchmark.Status.FinishTime = &metav1.Time{Time: c.Benchmark.Status.Progress.EstimatedFinishTime.Time}
	}
	return State{c, append(says, message)}
}

// unmeasured is a state before the first pair.
func unmeasured(state State) State {
	s := &state.Benchmark.Status
	s.Statistics, s.Breakdown, s.Samples, s.Environment, s.Progress = nil, nil, nil, nil, nil
	state.Samples = overhead.Samples{}
	return state
}

// States returns every state that the conditions of a benchmark tell apart, except for the realistic ones.
func States() []State {
	ended, waiting := metav1.ConditionTrue, metav1.ConditionFalse
	return append([]State{
		unmeasured(undecided("pending", waiting, v1alpha1.ReasonPending, "Another benchmark is under way.", "Not finished", "Not started yet")),
		testing(),
		undecided("suspended", waiting, v1alpha1.ReasonSuspended, "spec.suspend is true.", "Not finished", "Suspended after 7 of 20 pairs"),
		undecided("cancelled", ended, v1alpha1.ReasonCancelled, "spec.cancel is true; 7 of 20 pairs were measured.", "No decision", "Cancelled after 7 of 20 pairs", "Nothing was changed"),
		unmeasured(undecided("cancelled-before-the-first-pair", ended, v1alpha1.ReasonCancelled, "spec.cancel is true.", "Cancelled after no pair", "No pair has been measured.")),
		undecided("out-of-time", ended, v1alpha1.ReasonDeadlineExceeded, "14400 s were over after 7 of 20 pairs.", "Out of time after 7 of 20 pairs"),
		unmeasured(undecided("no-strategies", ended, v1alpha1.ReasonNoStrategies, "The selector selects no key that ends in .py.", "There was no strategy to execute")),
		unmeasured(undecided("too-many-strategies", ended, v1alpha1.ReasonTooManyStrategies, "The selector selects 17 keys; at most 16 are executed.", "Too many strategies were selected")),
		unmeasured(undecided("rejected", ended, v1alpha1.ReasonStrategyRejected, "The gate rejects strategy momentum: import of os in line 3.", "The gate rejected a strategy")),
		undecided("baseline-too-short", ended, v1alpha1.ReasonBaselineTooShort, "The baseline's mean is 412 ms; at least 1000 ms are needed.", "The baseline is too short to compare with"),
		undecided("strategy-changed", ended, v1alpha1.ReasonStrategyChanged, "Strategy momentum is not what it was.", "A strategy was changed meanwhile"),
		undecided("run-refused", ended, v1alpha1.ReasonRunRefused, "The API server refuses run running-p0007-sandbox.", "A run was refused"),
		undecided("samples-lost", ended, v1alpha1.ReasonSamplesLost, "Somebody deleted the ConfigMap running-samples.", "The samples were lost"),
		disturbed(),
		undecided("a-reason-of-tomorrow", ended, "NodeOnFire", "The node is on fire.", "Ended: NodeOnFire"),
	}, decided()...)
}

func testing() State {
	state := unmeasured(undecided("testing", metav1.ConditionFalse, v1alpha1.ReasonTesting, "2 of 16 functional tests have ended.",
		"Functional tests are under way", "2 of 16 have passed, 14 have not ended."))
	tests := state.Benchmark.Status.FunctionalTests
	for i := 2; i < len(tests); i++ {
		tests[i].Outcome, tests[i].Message = v1alpha1.FunctionalPending, ""
	}
	set(state.Benchmark, v1alpha1.ConditionFunctionalTestsPassed, metav1.ConditionFalse, v1alpha1.ReasonTesting, "2 of 16 functional tests have ended.")
	return state
}

func disturbed() State {
	state := unmeasured(undecided("disturbed", metav1.ConditionTrue, v1alpha1.ReasonTestsDisturbed,
		"Functional test failure-message could not be judged: run raises ended Cancelled.", "No decision",
		"A functional test was disturbed", "1 of 16 could not be judged: "))
	test := &state.Benchmark.Status.FunctionalTests[0]
	test.Outcome, test.Message = v1alpha1.FunctionalDisturbed, "run raises ended Cancelled, expected StrategyError"
	set(state.Benchmark, v1alpha1.ConditionFunctionalTestsPassed, metav1.ConditionUnknown, v1alpha1.ReasonTestsDisturbed, test.Message)
	return state
}

// change makes a state of a decided benchmark.
func change(from, name string, how func(b *v1alpha1.Benchmark), says ...string) State {
	c := Load(from)
	c.Name = name
	how(c.Benchmark)
	return State{c, says}
}

func decided() []State {
	notRequested := func(b *v1alpha1.Benchmark) {
		set(b, v1alpha1.ConditionApplied, metav1.ConditionFalse, v1alpha1.ReasonNotRequested, "spec.applyDecision is Never.")
	}
	return []State{
		change("validation", "decided-nothing", func(b *v1alpha1.Benchmark) { b.Status.Decision = "" }, "The samples allow no decision"),
		change("validation", "not-applied", notRequested, "Enable the sandbox by default", "set sandbox.enabled: true"),
		change("validation", "optional", func(b *v1alpha1.Benchmark) {
			b.Status.Decision = v1alpha1.DecisionOptional
			notRequested(b)
		}, "Offer the sandbox as an option", "set sandbox.enabled: false", "mode: Sandbox"),
		change("validation", "document-only", func(b *v1alpha1.Benchmark) { b.Status.Decision = v1alpha1.DecisionDocumentOnly },
			"Document the sandbox, leave it off"),
		change("validation", "apply-failed", func(b *v1alpha1.Benchmark) {
			set(b, v1alpha1.ConditionApplied, metav1.ConditionFalse, v1alpha1.ReasonApplyFailed, "learning_system.yaml is not YAML: line 3.")
		}, "Could not be applied: learning_system.yaml is not YAML: line 3."),
		change("validation", "self-test", func(b *v1alpha1.Benchmark) {
			b.Spec.Baseline.Mode = v1alpha1.ModeSandbox
			b.Status.Decision, b.Status.Rationale = "", "The sandbox was compared with itself."
			b.Status.Statistics.Paired.LowerPercent, b.Status.Statistics.Paired.UpperPercent = "-1.2", "0.9"
			set(b, v1alpha1.ConditionConclusive, metav1.ConditionFalse, v1alpha1.ReasonSelfTest, "The baseline is the sandbox itself.")
			set(b, v1alpha1.ConditionFinished, metav1.ConditionTrue, v1alpha1.ReasonSelfTest, "The sandbox was compared with itself.")
			notRequested(b)
		}, "Self-test", "No difference found, as there should be none", "Sandbox again"),
		change("validation", "self-test-with-a-difference", func(b *v1alpha1.Benchmark) { b.Spec.Baseline.Mode = v1alpha1.ModeSandbox },
			"A difference where there should be none"),
		change("validation", "self-test-without-an-interval", func(b *v1alpha1.Benchmark) {
			b.Spec.Baseline.Mode = v1alpha1.ModeSandbox
			b.Status.Statistics.Paired = nil
		}, "The sandbox was compared with itself"),
		change("smoke", "smoke-with-a-failed-test", func(b *v1alpha1.Benchmark) { b.Status.Decision = v1alpha1.DecisionDoNotUse },
			"Smoke test", "A functional test failed"),
		change("validation", "suite-disabled", func(b *v1alpha1.Benchmark) {
			b.Spec.FunctionalSuite, b.Status.FunctionalTests = v1alpha1.FunctionalSuiteDisabled, nil
			set(b, v1alpha1.ConditionFunctionalTestsPassed, metav1.ConditionFalse, v1alpha1.ReasonSuiteDisabled, "spec.functionalSuite is Disabled.")
			set(b, v1alpha1.ConditionConclusive, metav1.ConditionFalse, v1alpha1.ReasonSuiteDisabled, "The functional tests were not run.")
			notRequested(b)
		}, "Not conclusive", "Perhaps: enable the sandbox by default", "The functional tests were not run."),
		change("straddling", "no-valid-pair", func(b *v1alpha1.Benchmark) {
			zero := int32(0)
			b.Status.Statistics = &v1alpha1.BenchmarkStatistics{ValidPairs: &zero, ExcludedPairs: b.Status.Progress.CompletedPairs}
			b.Status.Decision, b.Status.Breakdown, b.Status.Rationale = "", nil, "No decision: of 40 pairs not one counts."
			set(b, v1alpha1.ConditionConclusive, metav1.ConditionFalse, v1alpha1.ReasonTooFewPairs, "0 pairs are valid; 20 are needed.")
			set(b, v1alpha1.ConditionFinished, metav1.ConditionTrue, v1alpha1.ReasonTooFewPairs, "Of 40 pairs not one counts.")
		}, "Not one pair counts", "40 measured pairs do not count."),
	}
}
