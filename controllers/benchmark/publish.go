package benchmark

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
)

// maxEventNote is the API's bound on the note of an Event.
const maxEventNote = 1000

// publish writes the status once if it changed, then tells about it. A benchmark that ends first ends what it has under way.
func (r *Reconciler) publish(ctx context.Context, s *scope) error {
	if equality.Semantic.DeepEqual(s.original.Status, s.bench.Status) {
		return nil
	}
	if s.ended != "" {
		if err := r.cancelRuns(ctx, s.bench); err != nil {
			return err
		}
	}
	patch := client.MergeFromWithOptions(s.original, client.MergeFromWithOptimisticLock{})
	err := r.Client.Status().Patch(ctx, s.bench, patch)
	switch {
	case apierrors.IsConflict(err), apierrors.IsNotFound(err):
		// Somebody wrote or deleted the benchmark since it was read. The event of that write brings it back.
		s.requeueAfter = 0
		return nil
	case err != nil:
		return fmt.Errorf("write status: %w", err)
	}
	if s.counted != nil {
		r.Metrics.PairCompleted(*s.counted)
		s.witness.forgetRuns()
	}
	if s.ended != "" {
		r.announce(s)
	}
	return nil
}

// announce tells of the end, and of a configuration that was changed.
func (r *Reconciler) announce(s *scope) {
	r.Metrics.BenchmarkFinished(s.ended, s.bench.Status.Decision)
	reason, kind := s.ended, corev1.EventTypeWarning
	message := ""
	if end := apimeta.FindStatusCondition(s.bench.Status.Conditions, v1alpha1.ConditionFinished); end != nil {
		message = end.Message
	}
	if decision := s.bench.Status.Decision; decision != "" {
		reason = string(decision)
		if decision != v1alpha1.DecisionDoNotUse {
			kind = corev1.EventTypeNormal
		}
	}
	r.Events.Eventf(s.bench, nil, kind, reason, "Decide", "%s", contract.Truncate(message, maxEventNote))
	applied := apimeta.FindStatusCondition(s.bench.Status.Conditions, v1alpha1.ConditionApplied)
	switch {
	case applied == nil:
	case applied.Reason == v1alpha1.ReasonApplied:
		r.Events.Eventf(s.bench, nil, corev1.EventTypeNormal, applied.Reason, "Apply", "%s", contract.Truncate(applied.Message, maxEventNote))
	case applied.Reason == v1alpha1.ReasonApplyFailed:
		r.Events.Eventf(s.bench, nil, corev1.EventTypeWarning, applied.Reason, "Apply", "%s", contract.Truncate(applied.Message, maxEventNote))
	}
}
