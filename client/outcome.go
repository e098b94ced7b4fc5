package client

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// Class says what a loop does with an outcome.
type Class string

const (
	// Scored: there are metrics.
	Scored Class = "Scored"
	// Skip: the strategy is at fault. Evaluating it again would end the same way.
	Skip Class = "Skip"
	// InfrastructureError: nothing is known against the strategy. It may be evaluated again, under another name.
	InfrastructureError Class = "InfrastructureError"
)

// classes says for every verdict what to do. One that is not here comes from a newer Stratbox and is trusted for nothing.
var classes = map[v1alpha1.Verdict]Class{
	v1alpha1.VerdictCompleted: Scored,

	v1alpha1.VerdictSecurityViolation: Skip,
	v1alpha1.VerdictASTRejected:       Skip,
	v1alpha1.VerdictOOMKilled:         Skip,
	v1alpha1.VerdictDeadlineExceeded:  Skip,
	v1alpha1.VerdictCPUTimeExceeded:   Skip,
	v1alpha1.VerdictDiskLimitExceeded: Skip,
	v1alpha1.VerdictStrategyError:     Skip,
	v1alpha1.VerdictResultInvalid:     Skip,
	v1alpha1.VerdictCancelled:         Skip,

	v1alpha1.VerdictPodLost:               InfrastructureError,
	v1alpha1.VerdictNodeDisrupted:         InfrastructureError,
	v1alpha1.VerdictImagePullFailed:       InfrastructureError,
	v1alpha1.VerdictSeccompProfileMissing: InfrastructureError,
	v1alpha1.VerdictPodRejected:           InfrastructureError,
	v1alpha1.VerdictStartDeadlineExceeded: InfrastructureError,
	v1alpha1.VerdictSandboxUnsupported:    InfrastructureError,
	v1alpha1.VerdictRunnerFailed:          InfrastructureError,
	v1alpha1.VerdictNotAccepted:           InfrastructureError,
	// Ends attempts only; a run that says so is not to be believed.
	v1alpha1.VerdictSuspended: InfrastructureError,
}

// ClassOf says what to do with a run that ended with a verdict.
func ClassOf(verdict v1alpha1.Verdict) Class {
	if class, known := classes[verdict]; known {
		return class
	}
	return InfrastructureError
}

// Outcome is what became of one strategy. As JSON it is a record of the evaluation that can be kept.
type Outcome struct {
	// Index is the strategy's place in the sequence given to EvaluateAll, from 0.
	Index int `json:"index"`
	// Strategy is the strategy's ID.
	Strategy string `json:"strategy"`
	// Run is the name of the StrategyRun.
	Run string `json:"run"`
	// Class says what to do.
	Class Class `json:"class"`
	// Verdict is why the run ended. It is empty if no verdict could be had; Reason says why then.
	Verdict v1alpha1.Verdict `json:"verdict,omitempty"`
	// Reason is the verdict in a sentence.
	Reason string `json:"reason,omitempty"`
	// Mode is how the strategy was executed: Sandbox or ASTOnly. It is empty if it was not.
	Mode v1alpha1.Mode `json:"mode,omitempty"`
	// FellBack is true if the strategy was executed behind the gate alone because the sandbox did not bring it to an end.
	FellBack bool `json:"fellBack"`
	// SandboxVerdict and SandboxReason say why it fell back: how the first attempt in the sandbox ended.
	SandboxVerdict v1alpha1.Verdict `json:"sandboxVerdict,omitempty"`
	SandboxReason  string           `json:"sandboxReason,omitempty"`
	// Metrics are there only if the class is Scored. One that is undefined for the strategy is left out.
	Metrics map[string]float64 `json:"metrics,omitempty"`
	// Timings are the wall-clock times of the phases of the attempt that counts, in milliseconds.
	Timings v1alpha1.Timings `json:"timings,omitzero"`
	// Gate is what the gate refused, with line and column.
	Gate *v1alpha1.GateFinding `json:"gate,omitempty"`
	// Violations are the denied system calls by name, ViolationCount is the number of all denied calls.
	Violations     []v1alpha1.Violation `json:"violations,omitempty"`
	ViolationCount int64                `json:"violationCount,omitempty"`
}

// finished says whether a run has ended.
func finished(run *v1alpha1.StrategyRun) bool {
	return apimeta.IsStatusConditionTrue(run.Status.Conditions, v1alpha1.ConditionFinished)
}

// outcomeOf reads the outcome from a run: of a run that has not ended, how far it got.
func outcomeOf(run *v1alpha1.StrategyRun) Outcome {
	status := run.Status
	outcome := Outcome{
		Strategy:       run.Spec.StrategyID,
		Run:            run.Name,
		Class:          InfrastructureError,
		Mode:           status.ExecutedMode,
		Gate:           status.Gate,
		Violations:     status.Violations,
		ViolationCount: ptr.Deref(status.ViolationCount, 0),
	}
	if outcome.Strategy == "" {
		outcome.Strategy = run.Name
	}
	if first := fellBackFrom(status); first != nil {
		outcome.FellBack, outcome.SandboxVerdict, outcome.SandboxReason = true, first.Verdict, first.Message
	}
	if status.Result != nil && status.Result.Timings != nil {
		outcome.Timings = *status.Result.Timings
	}
	if !finished(run) {
		return outcome
	}
	outcome.Verdict = v1alpha1.Verdict(apimeta.FindStatusCondition(status.Conditions, v1alpha1.ConditionFinished).Reason)
	if succeeded := apimeta.FindStatusCondition(status.Conditions, v1alpha1.ConditionSucceeded); succeeded != nil {
		outcome.Reason = succeeded.Message
	}
	outcome.Class = ClassOf(outcome.Verdict)
	if outcome.Class == Scored {
		outcome.score(status.Result)
	}
	return outcome
}

// fellBackFrom is the first attempt in the sandbox of a run that was then executed without it.
func fellBackFrom(status v1alpha1.StrategyRunStatus) *v1alpha1.Attempt {
	if status.ExecutedMode != v1alpha1.ModeASTOnly {
		return nil
	}
	for i := range status.Attempts {
		if status.Attempts[i].Mode == v1alpha1.ModeSandbox {
			return &status.Attempts[i]
		}
	}
	return nil
}

// score takes over the metrics. A score that cannot be read is worse than none: a loop would compare it.
func (o *Outcome) score(result *v1alpha1.Result) {
	if result == nil || len(result.Metrics) == 0 {
		o.Class, o.Reason = InfrastructureError, "the run is Completed but has no metrics"
		return
	}
	metrics := make(map[string]float64, len(result.Metrics))
	for name, text := range result.Metrics {
		number, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(number) || math.IsInf(number, 0) {
			o.Class, o.Reason = InfrastructureError, fmt.Sprintf("status.result.metrics.%s is %q, which is not a number", name, text)
			return
		}
		metrics[name] = number
	}
	o.Metrics = metrics
}

// unevaluated is the outcome of a strategy without a verdict.
func unevaluated(run *v1alpha1.StrategyRun, err error) Outcome {
	outcome := outcomeOf(run)
	outcome.Reason = err.Error()
	// The API server judges what it was sent before it does anything: this strategy cannot be a run, any other may be.
	var status apierrors.APIStatus
	if errors.As(err, &status) {
		switch status.Status().Code {
		case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
			outcome.Class = Skip
		}
	}
	return outcome
}
