package benchmark

import (
	"context"
	"fmt"
	"time"

	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// obey ends a benchmark that was cancelled or whose time is up. Suspension waits for the end of a pair: see turn and pause.
func (r *Reconciler) obey(_ context.Context, s *scope) (bool, error) {
	var reason, message string
	switch deadline := deadlineOf(s.bench); {
	case ptr.Deref(s.bench.Spec.Cancel, false):
		reason, message = v1alpha1.ReasonCancelled, "the benchmark was cancelled by spec.cancel; create another one to measure"
	case !deadline.IsZero() && !s.now.Before(deadline):
		reason = v1alpha1.ReasonDeadlineExceeded
		message = fmt.Sprintf("spec.deadlineSeconds (%d) were over after %d of %d pairs; raise it or ask for fewer iterations",
			ptr.Deref(s.bench.Spec.DeadlineSeconds, 0), s.completed(), ptr.Deref(s.bench.Status.Progress.PlannedPairs, 0))
	case !deadline.IsZero():
		s.wakeAt(deadline)
		return false, nil
	default:
		return false, nil
	}
	s.finish(reason, message)
	return true, nil
}

// deadlineOf is when the benchmark's time is up; zero before its start.
func deadlineOf(bench *v1alpha1.Benchmark) time.Time {
	if !started(bench) {
		return time.Time{}
	}
	return bench.Status.StartTime.Add(time.Duration(ptr.Deref(bench.Spec.DeadlineSeconds, 0)) * time.Second)
}

// cancelRuns ends the runs that are under way, when nobody waits for them any more.
func (r *Reconciler) cancelRuns(ctx context.Context, bench *v1alpha1.Benchmark) error {
	runs := &v1alpha1.StrategyRunList{}
	err := r.Client.List(ctx, runs, client.InNamespace(bench.Namespace), client.MatchingLabels{v1alpha1.LabelBenchmark: bench.Name})
	if err != nil {
		return fmt.Errorf("list the benchmark's runs: %w", err)
	}
	for i := range runs.Items {
		run := &runs.Items[i]
		if !controlledBy(run, bench.UID) || runFinished(run) || ptr.Deref(run.Spec.Cancel, false) {
			continue
		}
		before := run.DeepCopy()
		run.Spec.Cancel = ptr.To(true)
		if err := r.Client.Patch(ctx, run, client.MergeFrom(before)); client.IgnoreNotFound(err) != nil {
			return fmt.Errorf("cancel run %s: %w", run.Name, err)
		}
	}
	return nil
}

// pause keeps a benchmark that is to be suspended from beginning anything. It reports whether it did.
func (s *scope) pause() bool {
	if !ptr.Deref(s.bench.Spec.Suspend, false) {
		return false
	}
	s.suspend()
	return true
}
