package strategyrun

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// queue lets a run go on when it is its turn. A run that waits is not looked at again until a place is free:
// setup.go brings the next runs back when one ends.
func (r *Reconciler) queue(ctx context.Context, s *scope) (bool, error) {
	runs, pods, err := readStanding(ctx, r.Client)
	if err != nil {
		return false, err
	}
	limit := int(s.settings.Config.Concurrency.MaxConcurrentRuns)
	if r.turns.take(s.run.UID, runs, pods, limit) {
		return false, nil
	}
	queued(s.run, fmt.Sprintf("waits for one of %d places", limit), s.now)
	return true, nil
}

// readStanding lists all runs and Pods from the cache, without copying them: they are only looked at.
func readStanding(ctx context.Context, reader client.Reader) ([]v1alpha1.StrategyRun, []corev1.Pod, error) {
	runs := &v1alpha1.StrategyRunList{}
	if err := reader.List(ctx, runs, client.UnsafeDisableDeepCopy); err != nil {
		return nil, nil, fmt.Errorf("list runs: %w", err)
	}
	pods := &corev1.PodList{}
	if err := reader.List(ctx, pods, client.UnsafeDisableDeepCopy,
		client.MatchingLabels{v1alpha1.LabelManagedBy: v1alpha1.ManagedByValue}); err != nil {
		return nil, nil, fmt.Errorf("list Pods: %w", err)
	}
	return runs.Items, pods.Items, nil
}
