package benchmark

import (
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// scope is what one reconcile knows.
type scope struct {
	// bench is changed by the phases; original is as it was read, for the patch.
	bench    *v1alpha1.Benchmark
	original *v1alpha1.Benchmark
	witness  *witness
	now      time.Time

	// strategies are what is executed. Filled by accept until the benchmark has started.
	strategies []resolved
	// ended is the reason that the benchmark ended with in this reconcile, empty if it did not. Filled by finish.
	ended string
	// counted is the pair that was completed in this reconcile: true for one that does not count. Nil if none was.
	counted *bool
	// requeueAfter is how long until time alone changes something; zero if only events can.
	requeueAfter time.Duration
}

func newScope(bench *v1alpha1.Benchmark, w *witness, now time.Time) *scope {
	return &scope{bench: bench, original: bench.DeepCopy(), witness: w, now: now}
}

// wakeAt asks for another reconcile at a moment, unless an earlier one is asked for already.
func (s *scope) wakeAt(moment time.Time) {
	// Never 0, which would mean never.
	after := max(moment.Sub(s.now), time.Millisecond)
	if s.requeueAfter == 0 || after < s.requeueAfter {
		s.requeueAfter = after
	}
}

// inNamespace is the key of an object beside the benchmark.
func (s *scope) inNamespace(name string) client.ObjectKey {
	return client.ObjectKey{Namespace: s.bench.Namespace, Name: name}
}

// completed is how many pairs were measured or excluded, as far as the status says.
func (s *scope) completed() int32 {
	if progress := s.bench.Status.Progress; progress != nil && progress.CompletedPairs != nil {
		return *progress.CompletedPairs
	}
	return 0
}
