package explain

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/outcome"
)

// Run is all that is known of one StrategyRun, in the order in which people ask.
type Run struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Strategy  string `json:"strategy"`
	Dataset   string `json:"dataset"`
	// State is the verdict, or how far the run has got: Queued, Running, Suspended, or Unseen if no manager has looked.
	State    string `json:"state"`
	Finished bool   `json:"finished"`
	// Message is the state in a sentence.
	Message string `json:"message,omitempty"`
	// Blame is strategy, infrastructure or nobody.
	Blame string `json:"blame,omitempty"`
	// Advice says what to do, one step each.
	Advice []string `json:"advice,omitempty"`
	// ExitCode is what a waiting submission ends with.
	ExitCode int `json:"exitCode"`

	Mode v1alpha1.Mode `json:"mode,omitempty"`
	// FellBackFrom is how the sandboxed attempt ended that an AST-only attempt followed.
	FellBackFrom v1alpha1.Verdict `json:"fellBackFrom,omitempty"`
	// Detection says how much of what the kernel denies is also recorded.
	Detection v1alpha1.Detection `json:"detection,omitempty"`
	Submitted time.Time          `json:"submitted"`
	Ended     *time.Time         `json:"ended,omitempty"`

	Gate           *v1alpha1.GateFinding `json:"gate,omitempty"`
	Violations     []v1alpha1.Violation  `json:"violations,omitempty"`
	ViolationCount int64                 `json:"violationCount,omitempty"`
	// ViolationsDropped is the number of denied calls whose names did not fit in the status.
	ViolationsDropped int64              `json:"violationsDropped,omitempty"`
	Attempts          []v1alpha1.Attempt `json:"attempts,omitempty"`
	Limits            []Limit            `json:"limits,omitempty"`
	Timings           []Timing           `json:"timings,omitempty"`
	Metrics           map[string]string  `json:"metrics,omitempty"`
	Conditions        []metav1.Condition `json:"conditions,omitempty"`
}

// Limit is one limit and what was used of it.
type Limit struct {
	Name string `json:"name"`
	// Allowed is empty if the run leaves it to the operator's configuration.
	Allowed string `json:"allowed,omitempty"`
	// Used is empty if it was not measured.
	Used string `json:"used,omitempty"`
	// Reached says that an attempt ended at this limit.
	Reached bool `json:"reached,omitempty"`
}

// Timing is how long a phase took.
type Timing struct {
	Phase  string `json:"phase"`
	Millis int64  `json:"millis"`
}

// StateUnseen: no manager has looked at the object yet.
const StateUnseen = "Unseen"

// OfRun explains a run.
func OfRun(run *v1alpha1.StrategyRun) Run {
	status := &run.Status
	explanation := Run{
		Kind: "StrategyRun", Namespace: run.Namespace, Name: run.Name, Strategy: run.Spec.StrategyID, Dataset: run.Spec.Dataset,
		State: StateUnseen, ExitCode: ExitNoVerdict,
		Mode: status.ExecutedMode, FellBackFrom: fellBackFrom(status),
		Submitted: run.CreationTimestamp.UTC(),
		Gate:      status.Gate, Violations: status.Violations, ViolationCount: ptr.Deref(status.ViolationCount, 0),
		ViolationsDropped: ptr.Deref(status.ViolationsDropped, 0),
		Attempts:          status.Attempts, Limits: limitsOf(run), Timings: timingsOf(status.Result), Conditions: status.Conditions,
	}
	if explanation.Strategy == "" {
		explanation.Strategy = run.Name
	}
	if status.FinishTime != nil {
		explanation.Ended = ptr.To(status.FinishTime.UTC())
	}
	if status.Environment != nil {
		explanation.Detection = status.Environment.Detection
	}
	if status.Result != nil {
		explanation.Metrics = status.Result.Metrics
	}
	finished := apimeta.FindStatusCondition(status.Conditions, v1alpha1.ConditionFinished)
	switch {
	case finished == nil:
		explanation.Message = "no manager has looked at the run yet"
		explanation.Advice = []string{"see whether the manager runs: `kubectl -n stratbox-system get pods,leases`"}
	case finished.Status != metav1.ConditionTrue:
		explanation.State, explanation.Message = finished.Reason, finished.Message
		explanation.Advice = waitingFor(finished.Reason)
	default:
		explanation.end(run, v1alpha1.Verdict(finished.Reason))
	}
	return explanation
}

// end explains a run that has a verdict.
func (r *Run) end(run *v1alpha1.StrategyRun, verdict v1alpha1.Verdict) {
	r.State, r.Finished, r.ExitCode = string(verdict), true, ExitCode(verdict)
	r.Message = outcome.WithoutAdvice(verdict, verdictMessage(run, verdict))
	r.Blame = blameOf(verdict)
	help, _ := outcome.HelpFor(verdict)
	replacements := strings.NewReplacer("NAMESPACE", run.Namespace, "RUN", run.Name, "POD", lastPod(run))
	for _, step := range help.Do {
		r.Advice = append(r.Advice, replacements.Replace(step))
	}
}

// verdictMessage is the verdict in a sentence. What the condition says of earlier attempts is said with those.
func verdictMessage(run *v1alpha1.StrategyRun, verdict v1alpha1.Verdict) string {
	if accepted := apimeta.FindStatusCondition(run.Status.Conditions, v1alpha1.ConditionAccepted); verdict == v1alpha1.VerdictNotAccepted && accepted != nil {
		return accepted.Message
	}
	if attempts := run.Status.Attempts; len(attempts) > 0 && attempts[len(attempts)-1].Verdict == verdict && attempts[len(attempts)-1].Message != "" {
		return attempts[len(attempts)-1].Message
	}
	if succeeded := apimeta.FindStatusCondition(run.Status.Conditions, v1alpha1.ConditionSucceeded); succeeded != nil {
		return succeeded.Message
	}
	return ""
}

// blameOf says whose doing the end was. What no Pod decides is nobody's, or the submitter's own.
func blameOf(verdict v1alpha1.Verdict) string {
	switch verdict {
	case v1alpha1.VerdictNotAccepted:
		return "what the run refers to"
	case v1alpha1.VerdictCancelled:
		return "whoever set spec.cancel"
	default:
		return string(outcome.BlameOf(verdict))
	}
}

// waitingFor says what a run that has not ended waits for, where a person can change it.
func waitingFor(reason string) []string {
	switch reason {
	case v1alpha1.ReasonQueued:
		return []string{"wait, or raise `concurrency.maxConcurrentRuns` in `learning_system.yaml` if all places are taken"}
	case v1alpha1.ReasonSuspended:
		return []string{"set `spec.suspend` to false"}
	default:
		return nil
	}
}

func lastPod(run *v1alpha1.StrategyRun) string {
	for _, attempt := range slices.Backward(run.Status.Attempts) {
		if attempt.Pod != "" {
			return attempt.Pod
		}
	}
	return run.Name + "-0"
}

// fellBackFrom is the verdict of the last sandboxed attempt of a run that was then executed without the sandbox.
func fellBackFrom(status *v1alpha1.StrategyRunStatus) v1alpha1.Verdict {
	if status.ExecutedMode != v1alpha1.ModeASTOnly {
		return ""
	}
	for _, attempt := range slices.Backward(status.Attempts) {
		if attempt.Mode == v1alpha1.ModeSandbox && attempt.Verdict != v1alpha1.VerdictSuspended {
			return attempt.Verdict
		}
	}
	return ""
}

func limitsOf(run *v1alpha1.StrategyRun) []Limit {
	limits := run.Spec.Limits
	result := ptr.Deref(run.Status.Result, v1alpha1.Result{})
	timings := ptr.Deref(result.Timings, v1alpha1.Timings{})
	reached := func(verdict v1alpha1.Verdict) bool {
		return slices.ContainsFunc(run.Status.Attempts, func(attempt v1alpha1.Attempt) bool { return attempt.Verdict == verdict })
	}
	return []Limit{
		{string(corev1.ResourceMemory), quantity(limits.Memory), bytes(result.PeakMemoryBytes), reached(v1alpha1.VerdictOOMKilled)},
		{string(corev1.ResourceCPU), quantity(limits.CPU), "", false},
		{"deadline", seconds(limits.DeadlineSeconds), millis(timings.ExecutionMillis), reached(v1alpha1.VerdictDeadlineExceeded)},
		{"CPU time", seconds(limits.CPUTimeSeconds), millis(result.CPUMillis), reached(v1alpha1.VerdictCPUTimeExceeded)},
		{"local disk", quantity(limits.EphemeralStorage), "", reached(v1alpha1.VerdictDiskLimitExceeded)},
		{"start", seconds(limits.StartDeadlineSeconds), millis(timings.StartedMillis), reached(v1alpha1.VerdictStartDeadlineExceeded)},
	}
}

func timingsOf(result *v1alpha1.Result) []Timing {
	if result == nil || result.Timings == nil {
		return nil
	}
	t := result.Timings
	var timings []Timing
	for _, phase := range []struct {
		name   string
		millis *int64
	}{
		{"queued", t.QueuedMillis}, {"start", t.StartedMillis}, {"imports", t.ImportsMillis}, {"data", t.DataMillis}, {"seal", t.SealMillis},
		{"gate", t.GateMillis}, {"execution", t.ExecutionMillis}, {"scoring", t.ScoringMillis}, {"total", t.TotalMillis},
	} {
		if phase.millis != nil {
			timings = append(timings, Timing{phase.name, *phase.millis})
		}
	}
	return timings
}

func quantity(limit *resource.Quantity) string {
	if limit == nil {
		return ""
	}
	return limit.String()
}

func seconds(limit *int32) string {
	if limit == nil {
		return ""
	}
	return fmt.Sprintf("%d s", *limit)
}

func bytes(used *int64) string {
	if used == nil {
		return ""
	}
	return fmt.Sprintf("%d MiB", *used>>20)
}

func millis(used *int64) string {
	if used == nil {
		return ""
	}
	return duration(*used)
}

// duration is a time in milliseconds as people read it.
func duration(millis int64) string {
	switch {
	case millis < 1000:
		return fmt.Sprintf("%d ms", millis)
	case millis < 100_000:
		return fmt.Sprintf("%.1f s", float64(millis)/1000)
	default:
		return fmt.Sprintf("%.0f s", float64(millis)/1000)
	}
}
