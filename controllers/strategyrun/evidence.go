package strategyrun

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/outcome"
)

// recordEvidence writes down what an attempt's end has told, whatever its verdict: what was denied stays on record also
// when a limit or the cluster ended the attempt. Metrics are published for a completed attempt only.
func recordEvidence(run *v1alpha1.StrategyRun, attempt *v1alpha1.Attempt, facts outcome.Facts, finding outcome.Finding) {
	attempt.Node = facts.Node
	now := facts.Now
	switch finding.Verdict {
	case v1alpha1.VerdictOOMKilled, v1alpha1.VerdictDeadlineExceeded, v1alpha1.VerdictCPUTimeExceeded, v1alpha1.VerdictDiskLimitExceeded:
		condition(run, v1alpha1.ConditionResourceLimitExceeded, metav1.ConditionTrue, string(finding.Verdict), "", now)
	}
	record := facts.Record
	if record == nil {
		if facts.Started || facts.Gone {
			condition(run, v1alpha1.ConditionSecurityViolation, metav1.ConditionUnknown, v1alpha1.ReasonNotObserved, "", now)
		}
		return
	}
	run.Status.Result = resultOf(run, facts, *record, finding.Verdict)
	run.Status.Gate = gateOf(record.Gate)
	run.Status.Environment = environmentOf(facts, *record)
	recordViolations(run, *record, now)
	if record.Sealed {
		condition(run, v1alpha1.ConditionSandboxed, metav1.ConditionTrue, v1alpha1.ReasonSandboxed, "", now)
	}
}

func recordViolations(run *v1alpha1.StrategyRun, record contract.Record, now time.Time) {
	if record.ViolationCount == 0 {
		if record.Verdict == "" {
			condition(run, v1alpha1.ConditionSecurityViolation, metav1.ConditionUnknown, v1alpha1.ReasonNotObserved, "", now)
		}
		return
	}
	violations := make([]v1alpha1.Violation, 0, len(record.Violations))
	for _, denied := range record.Violations {
		violation := v1alpha1.Violation{Syscall: denied.Syscall, Count: ptr.To(denied.Count)}
		if denied.FirstTime > 0 {
			violation.FirstTime = ptr.To(metav1.NewTime(time.UnixMilli(denied.FirstTime).UTC()))
		}
		violations = append(violations, violation)
	}
	run.Status.Violations = violations
	run.Status.ViolationCount = ptr.To(record.ViolationCount)
	if record.ViolationsDropped > 0 {
		run.Status.ViolationsDropped = ptr.To(record.ViolationsDropped)
	}
	condition(run, v1alpha1.ConditionSecurityViolation, metav1.ConditionTrue, v1alpha1.ReasonSyscallDenied, "", now)
}

func resultOf(run *v1alpha1.StrategyRun, facts outcome.Facts, record contract.Record, verdict v1alpha1.Verdict) *v1alpha1.Result {
	result := &v1alpha1.Result{
		Timings:         timingsOf(run, facts, record),
		CPUMillis:       measured(record.CPUMillis),
		PeakMemoryBytes: measured(record.PeakMemoryBytes),
	}
	if verdict == v1alpha1.VerdictCompleted {
		result.Metrics = record.Metrics
	}
	return result
}

// timingsOf reports a phase of 0 ms as such when the record is complete, and leaves out what it does not tell otherwise.
func timingsOf(run *v1alpha1.StrategyRun, facts outcome.Facts, record contract.Record) *v1alpha1.Timings {
	took := measured
	if record.Verdict == v1alpha1.VerdictCompleted {
		took = func(millis int64) *int64 { return &millis }
	}
	timings := &v1alpha1.Timings{
		QueuedMillis:    sinceMillis(run.CreationTimestamp.Time, facts.StartedAt),
		ImportsMillis:   took(record.Timings.Imports),
		DataMillis:      took(record.Timings.Data),
		SealMillis:      took(record.Timings.Seal),
		GateMillis:      took(record.Timings.Gate),
		ExecutionMillis: took(record.Timings.Execution),
		ScoringMillis:   took(record.Timings.Scoring),
	}
	if record.Timings.StartedAt > 0 {
		timings.StartedMillis = sinceMillis(facts.StartedAt, time.UnixMilli(record.Timings.StartedAt))
	}
	return timings
}

// measured leaves out what is 0 because it was never measured.
func measured(value int64) *int64 {
	if value == 0 {
		return nil
	}
	return &value
}

// sinceMillis is the time between two moments, 0 if the clocks of two machines disagree about their order.
func sinceMillis(from, to time.Time) *int64 {
	return ptr.To(max(to.Sub(from).Milliseconds(), 0))
}

func gateOf(finding *contract.GateFinding) *v1alpha1.GateFinding {
	if finding == nil {
		return nil
	}
	return &v1alpha1.GateFinding{
		Rule: finding.Rule, Line: ptr.To(finding.Line), Column: ptr.To(finding.Column),
		Message: finding.Message, SourceLine: finding.SourceLine,
	}
}

func environmentOf(facts outcome.Facts, record contract.Record) *v1alpha1.Environment {
	environment := v1alpha1.Environment{
		Profile: facts.Profile, Image: contract.Truncate(facts.ImageID, 512),
		Dataset: record.Dataset, Policy: record.Policy, Detection: record.Detection,
		CPUModel: record.CPUModel, CgroupVersion: record.CgroupVersion, Speculation: record.Speculation,
	}
	if environment == (v1alpha1.Environment{}) {
		return nil
	}
	return &environment
}
