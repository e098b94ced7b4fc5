package strategyrun

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/outcome"
)

// maxAttempts is how many attempts a status keeps.
const maxAttempts = 8

// maxAttemptMessage is the API's bound on the message of an attempt.
const maxAttemptMessage = 1024

func condition(run *v1alpha1.StrategyRun, kind string, status metav1.ConditionStatus, reason, message string, now time.Time) {
	apimeta.SetStatusCondition(&run.Status.Conditions, metav1.Condition{
		Type:               kind,
		Status:             status,
		Reason:             reason,
		Message:            message,
		ObservedGeneration: run.Generation,
		LastTransitionTime: metav1.NewTime(now),
	})
}

func finished(run *v1alpha1.StrategyRun) bool {
	return apimeta.IsStatusConditionTrue(run.Status.Conditions, v1alpha1.ConditionFinished)
}

// verdictOf is what a finished run ended with.
func verdictOf(run *v1alpha1.StrategyRun) v1alpha1.Verdict {
	if ended := apimeta.FindStatusCondition(run.Status.Conditions, v1alpha1.ConditionFinished); ended != nil {
		return v1alpha1.Verdict(ended.Reason)
	}
	return ""
}

// verdictMessage is the verdict in a sentence.
func verdictMessage(run *v1alpha1.StrategyRun) string {
	if succeeded := apimeta.FindStatusCondition(run.Status.Conditions, v1alpha1.ConditionSucceeded); succeeded != nil {
		return succeeded.Message
	}
	return ""
}

// accepted: everything the run refers to exists.
func accepted(run *v1alpha1.StrategyRun, now time.Time) {
	condition(run, v1alpha1.ConditionAccepted, metav1.ConditionTrue, v1alpha1.ReasonAccepted, "", now)
}

// notAccepted: something is missing, and the run will never be started.
func notAccepted(run *v1alpha1.StrategyRun, refused refusal, now time.Time) {
	condition(run, v1alpha1.ConditionAccepted, metav1.ConditionFalse, refused.reason, refused.message, now)
}

// queued: the run waits for its turn.
func queued(run *v1alpha1.StrategyRun, message string, now time.Time) {
	underway(run, v1alpha1.ReasonQueued, message, now)
}

// underway: the run has not ended; reason says where it is. What only its end can tell is unknown, except what an
// earlier attempt has told already.
func underway(run *v1alpha1.StrategyRun, reason, message string, now time.Time) {
	condition(run, v1alpha1.ConditionFinished, metav1.ConditionFalse, reason, message, now)
	for _, kind := range []string{
		v1alpha1.ConditionSucceeded, v1alpha1.ConditionSandboxed,
		v1alpha1.ConditionSecurityViolation, v1alpha1.ConditionResourceLimitExceeded,
	} {
		if current := apimeta.FindStatusCondition(run.Status.Conditions, kind); current == nil || onTheWay(current.Reason) {
			condition(run, kind, metav1.ConditionUnknown, reason, "", now)
		}
	}
}

// onTheWay: nothing has been learned that gives the condition a reason of its own.
func onTheWay(reason string) bool {
	return reason == v1alpha1.ReasonRunning || reason == v1alpha1.ReasonQueued || reason == v1alpha1.ReasonSuspended
}

// fellBack: the sandbox is given up on, and the finding says why.
func fellBack(run *v1alpha1.StrategyRun, finding outcome.Finding, now time.Time) {
	condition(run, v1alpha1.ConditionSandboxed, metav1.ConditionFalse, string(finding.Verdict), finding.Message, now)
}

// unobserved: an AST-only attempt has ended, in which nobody watched the strategy's system calls.
func unobserved(run *v1alpha1.StrategyRun, now time.Time) {
	if !apimeta.IsStatusConditionTrue(run.Status.Conditions, v1alpha1.ConditionSecurityViolation) {
		condition(run, v1alpha1.ConditionSecurityViolation, metav1.ConditionUnknown, v1alpha1.ReasonNotObserved, "", now)
	}
}

// finish: the run has ended. Conditions that nothing was learned about in any attempt are false.
func finish(run *v1alpha1.StrategyRun, verdict v1alpha1.Verdict, message string, now time.Time) {
	reason := string(verdict)
	condition(run, v1alpha1.ConditionFinished, metav1.ConditionTrue, reason, "", now)
	if verdict == v1alpha1.VerdictCompleted {
		condition(run, v1alpha1.ConditionSucceeded, metav1.ConditionTrue, reason, message, now)
	} else {
		condition(run, v1alpha1.ConditionSucceeded, metav1.ConditionFalse, reason, message, now)
	}
	for kind, unlearned := range map[string]string{
		v1alpha1.ConditionSandboxed:             v1alpha1.ReasonNotStarted,
		v1alpha1.ConditionSecurityViolation:     v1alpha1.ReasonNoViolation,
		v1alpha1.ConditionResourceLimitExceeded: v1alpha1.ReasonWithinLimits,
	} {
		if current := apimeta.FindStatusCondition(run.Status.Conditions, kind); current == nil || onTheWay(current.Reason) {
			condition(run, kind, metav1.ConditionFalse, unlearned, "", now)
		}
	}
	run.Status.FinishTime = ptr.To(metav1.NewTime(now))
	if result := run.Status.Result; result != nil && result.Timings != nil {
		result.Timings.TotalMillis = sinceMillis(run.CreationTimestamp.Time, now)
	}
}

// recordStart: an attempt has a Pod.
func recordStart(run *v1alpha1.StrategyRun, index int32, pod *corev1.Pod, now time.Time) {
	started := metav1.NewTime(outcome.StartedAt(pod).Truncate(time.Second))
	addAttempt(run, v1alpha1.Attempt{
		Index:     ptr.To(index),
		Mode:      v1alpha1.ModeSandbox,
		Pod:       pod.Name,
		PodUID:    string(pod.UID),
		StartTime: ptr.To(started),
	})
	accepted(run, now)
}

// recordASTOnly: an attempt is meant for an executor; empty if none was reached.
func recordASTOnly(run *v1alpha1.StrategyRun, index int32, boot string, now time.Time) *v1alpha1.Attempt {
	accepted(run, now)
	if sandboxed := apimeta.FindStatusCondition(run.Status.Conditions, v1alpha1.ConditionSandboxed); sandboxed == nil || onTheWay(sandboxed.Reason) {
		condition(run, v1alpha1.ConditionSandboxed, metav1.ConditionFalse, v1alpha1.ReasonASTOnly, "", now)
	}
	return addAttempt(run, v1alpha1.Attempt{
		Index:     ptr.To(index),
		Mode:      v1alpha1.ModeASTOnly,
		Executor:  boot,
		StartTime: ptr.To(metav1.NewTime(now)),
	})
}

// recordRefused: an attempt whose Pod the API server did not accept.
func recordRefused(run *v1alpha1.StrategyRun, index int32, now time.Time) *v1alpha1.Attempt {
	accepted(run, now)
	return addAttempt(run, v1alpha1.Attempt{
		Index:     ptr.To(index),
		Mode:      v1alpha1.ModeSandbox,
		StartTime: ptr.To(metav1.NewTime(now)),
	})
}

func addAttempt(run *v1alpha1.StrategyRun, attempt v1alpha1.Attempt) *v1alpha1.Attempt {
	status := &run.Status
	status.Attempts = append(status.Attempts, attempt)
	if len(status.Attempts) > maxAttempts {
		status.Attempts = status.Attempts[len(status.Attempts)-maxAttempts:]
	}
	status.ExecutedMode = attempt.Mode
	if status.StartTime == nil {
		status.StartTime = attempt.StartTime
	}
	return &status.Attempts[len(status.Attempts)-1]
}

// endAttempt: the attempt has ended.
func endAttempt(attempt *v1alpha1.Attempt, verdict v1alpha1.Verdict, message string, now time.Time) {
	attempt.Verdict = verdict
	attempt.FinishTime = ptr.To(metav1.NewTime(now))
	if verdict != v1alpha1.VerdictCompleted {
		attempt.Message = contract.Truncate(message, maxAttemptMessage)
	}
}
