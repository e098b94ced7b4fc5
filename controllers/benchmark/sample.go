package benchmark

import (
	"fmt"
	"time"

	apimeta "k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/overhead"
)

// maxExclusionMessage is the API's bound on the message of an exclusion.
const maxExclusionMessage = 512

// submittedAt is when the benchmark submitted a run. A run that does not say so any more has the API server's time, which is
// known to the second only.
func submittedAt(run *v1alpha1.StrategyRun) time.Time {
	if at, err := time.Parse(time.RFC3339Nano, run.Annotations[v1alpha1.AnnotationSubmittedAt]); err == nil {
		return at
	}
	return run.CreationTimestamp.Time
}

// verdictAt is when the verdict was recorded: to the millisecond where something was measured, or else to the second.
func verdictAt(run *v1alpha1.StrategyRun) time.Time {
	if result := run.Status.Result; result != nil && result.Timings != nil && result.Timings.TotalMillis != nil {
		return after(run, *result.Timings.TotalMillis)
	}
	if run.Status.FinishTime != nil {
		return run.Status.FinishTime.Time
	}
	return run.CreationTimestamp.Time
}

// after is a moment that the run's status counts from its creation, as the API server has stamped it: both ends of what is
// counted are of the manager's clock, so it is exact although the stamp is not.
func after(run *v1alpha1.StrategyRun, millis int64) time.Time {
	return run.CreationTimestamp.Add(time.Duration(millis) * time.Millisecond)
}

// halfOf says what a run cost.
func halfOf(seen sighting, planned v1alpha1.Mode) overhead.Half {
	half := overhead.Half{Run: seen.name, Mode: planned}
	run := seen.run
	if run == nil {
		return half
	}
	if run.Status.ExecutedMode != "" {
		half.Mode = run.Status.ExecutedMode
	}
	half.Verdict = verdictOf(run)
	half.SubmittedAt = submittedAt(run).UTC()
	half.Times.End = seen.end
	if n := len(run.Status.Attempts); n > 0 {
		half.Node = run.Status.Attempts[n-1].Node
	}
	if run.Status.Environment != nil {
		half.Dataset = run.Status.Environment.Dataset
	}
	result := run.Status.Result
	if result == nil {
		return half
	}
	half.CPUMillis, half.PeakMemoryBytes = ptr.Deref(result.CPUMillis, 0), ptr.Deref(result.PeakMemoryBytes, 0)
	if timings := result.Timings; timings != nil {
		half.Times = timesOf(run, *timings)
		half.Times.End = seen.end
	}
	return half
}

func timesOf(run *v1alpha1.StrategyRun, timings v1alpha1.Timings) overhead.Times {
	sinceSubmit := func(millis *int64) int64 {
		if millis == nil {
			return 0
		}
		return max(after(run, *millis).Sub(submittedAt(run)).Milliseconds(), 0)
	}
	return overhead.Times{
		Total:     sinceSubmit(timings.TotalMillis),
		Queue:     sinceSubmit(timings.QueuedMillis),
		Start:     ptr.Deref(timings.StartedMillis, 0),
		Imports:   ptr.Deref(timings.ImportsMillis, 0),
		Data:      ptr.Deref(timings.DataMillis, 0),
		Seal:      ptr.Deref(timings.SealMillis, 0),
		Gate:      ptr.Deref(timings.GateMillis, 0),
		Execution: ptr.Deref(timings.ExecutionMillis, 0),
		Scoring:   ptr.Deref(timings.ScoringMillis, 0),
	}
}

// ReasonRepeated excludes a pair of which a run was executed more than once, as when somebody suspended it: its time from
// submit to verdict is not that of one execution.
const ReasonRepeated = "Repeated"

// pairOf puts two halves together, and says why the pair does not count if it does not.
func pairOf(plan pairPlan, sandbox, baseline sighting) overhead.Pair {
	pair := overhead.Pair{
		Index: plan.index, Strategy: plan.strategy.Name, SandboxFirst: plan.sandboxFirst,
		Sandbox: halfOf(sandbox, v1alpha1.ModeSandbox), Baseline: halfOf(baseline, plan.baselineMode),
	}
	pair.Excluded = disturbed(plan.index, v1alpha1.ModeSandbox, sandbox)
	if pair.Excluded == nil {
		pair.Excluded = disturbed(plan.index, plan.baselineMode, baseline)
	}
	if pair.Excluded != nil {
		return pair
	}
	pair.Excluded = overhead.Exclude(&pair, plan.baselineMode)
	explain(pair.Excluded, sandbox.run, baseline.run)
	return pair
}

// disturbed says why a half cannot be measured because somebody interfered, nil if nobody did.
func disturbed(index int32, mode v1alpha1.Mode, seen sighting) *v1alpha1.Exclusion {
	exclusion := &v1alpha1.Exclusion{Pair: &index, Mode: mode}
	switch {
	case seen.run == nil:
		exclusion.Reason = v1alpha1.ReasonRunDeleted
		exclusion.Message = fmt.Sprintf("somebody deleted run %s before it was measured", seen.name)
	case len(seen.run.Status.Attempts) > 1:
		exclusion.Reason = ReasonRepeated
		exclusion.Message = fmt.Sprintf("run %s was executed %d times", seen.name, len(seen.run.Status.Attempts))
	default:
		return nil
	}
	return exclusion
}

// explain adds to an exclusion what the run whose verdict is the reason says of it: the first of the two, as Exclude has it.
func explain(exclusion *v1alpha1.Exclusion, runs ...*v1alpha1.StrategyRun) {
	for _, run := range runs {
		if exclusion == nil || exclusion.Reason != string(verdictOf(run)) {
			continue
		}
		if said := messageOf(run); said != "" {
			exclusion.Message = contract.Truncate(exclusion.Message+": "+contract.Clean(said), maxExclusionMessage)
		}
		return
	}
}

// verdictOf is what a finished run ended with.
func verdictOf(run *v1alpha1.StrategyRun) v1alpha1.Verdict {
	if end := apimeta.FindStatusCondition(run.Status.Conditions, v1alpha1.ConditionFinished); end != nil {
		return v1alpha1.Verdict(end.Reason)
	}
	return ""
}

// messageOf is the verdict in a sentence.
func messageOf(run *v1alpha1.StrategyRun) string {
	if succeeded := apimeta.FindStatusCondition(run.Status.Conditions, v1alpha1.ConditionSucceeded); succeeded != nil {
		return succeeded.Message
	}
	return ""
}
