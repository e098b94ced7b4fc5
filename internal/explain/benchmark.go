package explain

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// Benchmark is what one Benchmark found, in the order in which people ask.
type Benchmark struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	// State is how far the benchmark has got or how it ended: the reason of the condition Finished, or Unseen.
	State    string            `json:"state"`
	Finished bool              `json:"finished"`
	Message  string            `json:"message,omitempty"`
	Decision v1alpha1.Decision `json:"decision,omitempty"`
	// Conclusive says whether the decision may be applied, Missing what it lacks.
	Conclusive bool     `json:"conclusive"`
	Missing    []string `json:"missing,omitempty"`
	Rationale  string   `json:"rationale,omitempty"`
	Advice     []string `json:"advice,omitempty"`

	// Applied says whether sandbox.enabled was set, or why not.
	Applied         string                         `json:"applied,omitempty"`
	Thresholds      v1alpha1.Thresholds            `json:"thresholds"`
	Started         *time.Time                     `json:"started,omitempty"`
	Ended           *time.Time                     `json:"ended,omitempty"`
	Progress        *v1alpha1.BenchmarkProgress    `json:"progress,omitempty"`
	Statistics      *v1alpha1.BenchmarkStatistics  `json:"statistics,omitempty"`
	Breakdown       []v1alpha1.PhaseMeans          `json:"breakdown,omitempty"`
	FunctionalTests []v1alpha1.FunctionalTest      `json:"functionalTests,omitempty"`
	Exclusions      []v1alpha1.Exclusion           `json:"exclusions,omitempty"`
	Environment     *v1alpha1.BenchmarkEnvironment `json:"environment,omitempty"`
	Conditions      []metav1.Condition             `json:"conditions,omitempty"`
}

// OfBenchmark explains a benchmark.
func OfBenchmark(benchmark *v1alpha1.Benchmark) Benchmark {
	status := &benchmark.Status
	b := Benchmark{
		Kind: "Benchmark", Namespace: benchmark.Namespace, Name: benchmark.Name, State: StateUnseen,
		Decision: status.Decision, Rationale: status.Rationale, Thresholds: benchmark.Spec.Thresholds,
		Started: moment(status.StartTime), Ended: moment(status.FinishTime),
		Progress: status.Progress, Statistics: status.Statistics, Breakdown: status.Breakdown,
		FunctionalTests: status.FunctionalTests, Exclusions: status.Exclusions, Environment: status.Environment,
		Conditions: status.Conditions,
	}
	finished := apimeta.FindStatusCondition(status.Conditions, v1alpha1.ConditionFinished)
	if finished == nil {
		b.Message = "no manager has looked at the benchmark yet"
		b.Advice = []string{"see whether the manager runs: `kubectl -n stratbox-system get pods,leases`"}
		return b
	}
	b.State, b.Message, b.Finished = finished.Reason, finished.Message, finished.Status == metav1.ConditionTrue
	b.Conclusive = apimeta.IsStatusConditionTrue(status.Conditions, v1alpha1.ConditionConclusive)
	if applied := apimeta.FindStatusCondition(status.Conditions, v1alpha1.ConditionApplied); applied != nil {
		b.Applied = sentenceOf(applied)
	}
	if !b.Finished {
		if b.State == v1alpha1.ReasonSuspended {
			b.Advice = []string{"set `spec.suspend` to false"}
		}
		return b
	}
	if b.State == v1alpha1.ReasonDecided && !b.Conclusive {
		b.Missing = missing(status)
	}
	b.Advice = b.advise()
	return b
}

func moment(at *metav1.Time) *time.Time {
	if at == nil {
		return nil
	}
	return ptr.To(at.UTC())
}

func sentenceOf(condition *metav1.Condition) string {
	answer := map[metav1.ConditionStatus]string{metav1.ConditionTrue: "yes", metav1.ConditionFalse: "no"}[condition.Status]
	text := cmp.Or(answer, "not known yet")
	if condition.Status != metav1.ConditionTrue {
		text += ", " + condition.Reason
	}
	if condition.Message != "" {
		text += ": " + condition.Message
	}
	return text
}

// missing says what keeps the decision from being conclusive.
func missing(status *v1alpha1.BenchmarkStatus) []string {
	condition := apimeta.FindStatusCondition(status.Conditions, v1alpha1.ConditionConclusive)
	if condition == nil {
		return nil
	}
	text := cmp.Or(condition.Message, lacks[condition.Reason], condition.Reason)
	all := []string{text}
	if status.Statistics == nil {
		return all
	}
	if pairs := ptr.Deref(status.Statistics.PairsToDecide, 0); pairs > 0 && condition.Reason == v1alpha1.ReasonIntervalStraddles {
		all = append(all, fmt.Sprintf("about %d valid pairs would decide it, if these %d are typical",
			pairs, ptr.Deref(status.Statistics.ValidPairs, 0)))
	}
	return all
}

// lacks is said where the condition has no sentence of its own.
var lacks = map[string]string{
	v1alpha1.ReasonSmokeTest:         fmt.Sprintf("it was a smoke test: fewer than %d iterations decide nothing", v1alpha1.MinConclusivePairs),
	v1alpha1.ReasonTooFewPairs:       fmt.Sprintf("too many pairs were excluded: a decision rests on at least %d valid ones", v1alpha1.MinConclusivePairs),
	v1alpha1.ReasonIntervalStraddles: "the interval reaches into another band than the decision's",
	v1alpha1.ReasonSelfTest:          "the sandbox was compared with itself",
	v1alpha1.ReasonSuiteDisabled:     "the functional tests were not run",
}

const (
	selfTested = "nothing: an overhead about 0 says that the benchmark measures right"
	fewPairs   = "find out why pairs were excluded, then create another Benchmark"
)

const editSwitch = "`kubectl -n stratbox-system edit configmap stratbox-config`, sandbox.enabled in learning_system.yaml"

// ends is what to do about a benchmark that ended without a decision.
var ends = map[string]string{
	v1alpha1.ReasonNoStrategies:      "give the ConfigMaps that spec.strategySelector selects a key that ends in .py, or list spec.strategies; then create another Benchmark",
	v1alpha1.ReasonTooManyStrategies: "select no more than 16 keys, then create another Benchmark",
	v1alpha1.ReasonStrategyRejected:  "write what the gate says instead, then create another Benchmark",
	v1alpha1.ReasonBaselineTooShort:  "measure strategies that take longer, or lower spec.baseline.floorMillis if short strategies are what you run; then create another Benchmark",
	v1alpha1.ReasonDeadlineExceeded:  "raise spec.deadlineSeconds or lower spec.iterations, then create another Benchmark",
	v1alpha1.ReasonSelfTest:          selfTested,
	v1alpha1.ReasonTooFewPairs:       fewPairs,
	v1alpha1.ReasonStrategyChanged:   "leave the strategies alone while they are measured; create another Benchmark",
	v1alpha1.ReasonRunRefused:        "mend what the message names, such as quota or rights in this namespace, then create another Benchmark",
	v1alpha1.ReasonSamplesLost:       "leave the ConfigMap with the samples alone; create another Benchmark",
	v1alpha1.ReasonTestsDisturbed:    "mend what the functional test names, such as quota, room on the nodes or somebody who changes its runs, then create another Benchmark",
	v1alpha1.ReasonCancelled:         "create another Benchmark to measure after all",
}

// decisions is what to do about a decision that may be applied.
var decisions = map[v1alpha1.Decision]string{
	v1alpha1.DecisionEnableByDefault: "switch the sandbox on for everybody: " + editSwitch + ": true",
	v1alpha1.DecisionOptional:        "the sandbox stays off unless asked for. Ask for one run with spec.mode Sandbox, or switch it on for everybody: " + editSwitch + ": true",
	v1alpha1.DecisionDocumentOnly:    "leave the sandbox off for the loop, and use spec.mode Sandbox where isolation is worth its time",
	v1alpha1.DecisionDoNotUse:        "do not rely on the sandbox here: mend what the failed functional tests name, then measure again",
}

// advise says what to do next.
func (b *Benchmark) advise() []string {
	var steps []string
	if b.State != v1alpha1.ReasonDecided {
		if step, known := ends[b.State]; known {
			steps = append(steps, step)
		}
		return b.withReport(steps)
	}
	applied := apimeta.IsStatusConditionTrue(b.Conditions, v1alpha1.ConditionApplied)
	switch {
	case applied:
		steps = append(steps, "nothing: sandbox.enabled says what was decided. The key STATUS.md beside learning_system.yaml has the figures")
	case b.Conclusive:
		steps = append(steps, decisions[b.Decision])
	default:
		steps = append(steps, b.retry())
	}
	return b.withReport(steps)
}

// withReport adds where the figures are, if there are any.
func (b *Benchmark) withReport(steps []string) []string {
	if b.Statistics == nil {
		return steps
	}
	return append(steps, fmt.Sprintf("look at the figures: `kubectl stratbox report %s -n %s`", b.Name, b.Namespace))
}

// retry says which benchmark would be conclusive.
func (b *Benchmark) retry() string {
	condition := apimeta.FindStatusCondition(b.Conditions, v1alpha1.ConditionConclusive)
	reason := ""
	if condition != nil {
		reason = condition.Reason
	}
	switch reason {
	case v1alpha1.ReasonSelfTest:
		return selfTested
	case v1alpha1.ReasonSuiteDisabled:
		return "create another Benchmark with spec.functionalSuite Enabled"
	case v1alpha1.ReasonIntervalStraddles:
		return "create another Benchmark with more spec.iterations, or with spec.maxIterations so that it extends itself"
	case v1alpha1.ReasonTooFewPairs:
		return fewPairs
	default:
		return fmt.Sprintf("create another Benchmark with at least %d spec.iterations", v1alpha1.MinConclusivePairs)
	}
}

// bandOf is the band of overheads that a decision stands for.
func (b *Benchmark) bandOf() string {
	low, high := ptr.Deref(b.Thresholds.OptionalPercent, 0), ptr.Deref(b.Thresholds.DocumentOnlyPercent, 0)
	switch b.Decision {
	case v1alpha1.DecisionEnableByDefault:
		return fmt.Sprintf("below %d %%", low)
	case v1alpha1.DecisionOptional:
		return fmt.Sprintf("%d %% to below %d %%", low, high)
	case v1alpha1.DecisionDocumentOnly:
		return fmt.Sprintf("%d %% and above", high)
	default:
		return ""
	}
}

// headline is the benchmark in a few words.
func (b *Benchmark) headline() string {
	switch {
	case b.Decision == "":
		return b.State
	case b.Conclusive:
		return string(b.Decision)
	case b.Finished:
		return string(b.Decision) + ", not conclusive"
	default:
		return strings.Join([]string{string(b.Decision), "so far,", b.State}, " ")
	}
}
