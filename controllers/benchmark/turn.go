package benchmark

import (
	"context"
	"fmt"
	"strings"

	apimeta "k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// turn lets a benchmark go on when no other is under way and none has waited longer. One that waits is not looked at
// again until another ends: setup.go brings it back then.
//
// That a benchmark has started, or goes on after a pause, is recorded before it does anything: the seed must not be
// drawn twice, and others must see that it is under way.
func (r *Reconciler) turn(ctx context.Context, s *scope) (bool, error) {
	if underway(s.bench) {
		return false, nil
	}
	if ptr.Deref(s.bench.Spec.Suspend, false) {
		s.suspend()
		return true, nil
	}
	list := &v1alpha1.BenchmarkList{}
	// They are only looked at.
	if err := r.Client.List(ctx, list, client.UnsafeDisableDeepCopy); err != nil {
		return false, fmt.Errorf("list benchmarks: %w", err)
	}
	if first := ahead(list.Items, s.bench); first != nil {
		s.pending(fmt.Sprintf("waits for benchmark %s/%s: two at a time would measure each other", first.Namespace, first.Name))
		return true, nil
	}
	if !started(s.bench) {
		s.begin(r.seed(s.bench), s.strategies)
	}
	s.goOn()
	return true, nil
}

func (r *Reconciler) seed(bench *v1alpha1.Benchmark) int64 {
	if bench.Spec.Seed != nil {
		return *bench.Spec.Seed
	}
	return r.DrawSeed()
}

// ahead returns the benchmark that this one waits for: one that is under way, or else the one that has waited longest.
// Nil if it is this one's turn.
func ahead(all []v1alpha1.Benchmark, self *v1alpha1.Benchmark) *v1alpha1.Benchmark {
	first := self
	for i := range all {
		other := &all[i]
		if other.UID == self.UID {
			continue
		}
		if underway(other) {
			return other
		}
		if waiting(other) && older(other, first) {
			first = other
		}
	}
	if first == self {
		return nil
	}
	return first
}

// underway: the benchmark has runs, or is about to.
func underway(bench *v1alpha1.Benchmark) bool {
	current := apimeta.FindStatusCondition(bench.Status.Conditions, v1alpha1.ConditionFinished)
	return current != nil && (current.Reason == v1alpha1.ReasonTesting || current.Reason == v1alpha1.ReasonMeasuring)
}

// waiting: nothing but others keeps the benchmark from going on.
func waiting(bench *v1alpha1.Benchmark) bool {
	return !finished(bench) && !underway(bench) && bench.DeletionTimestamp == nil &&
		!ptr.Deref(bench.Spec.Suspend, false) && !ptr.Deref(bench.Spec.Cancel, false)
}

func older(a, b *v1alpha1.Benchmark) bool {
	if !a.CreationTimestamp.Equal(&b.CreationTimestamp) {
		return a.CreationTimestamp.Before(&b.CreationTimestamp)
	}
	return strings.Compare(a.Namespace+"/"+a.Name, b.Namespace+"/"+b.Name) < 0
}
