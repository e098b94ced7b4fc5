package benchmark

import (
	"k8s.io/apimachinery/pkg/types"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// witnesses remember what only a manager that was there can know. One reconcile at a time uses them.
type witnesses map[types.NamespacedName]*witness

// witness is what was seen of one benchmark's runs.
type witness struct {
	bench types.UID
	// submitted are the names of runs that exist, or existed, for certain.
	submitted map[string]bool
	// underway are the names of runs that were seen before their Pod was gone.
	underway map[string]bool
	// ends are the milliseconds from the verdict of a run that is over until its Pod was gone, by the run's name; nil if
	// nobody saw it go.
	ends map[string]*int64
}

func (w *witnesses) of(bench *v1alpha1.Benchmark) *witness {
	if *w == nil {
		*w = witnesses{}
	}
	key := types.NamespacedName{Namespace: bench.Namespace, Name: bench.Name}
	known := (*w)[key]
	if known == nil || known.bench != bench.UID {
		known = newWitness(bench.UID)
		(*w)[key] = known
	}
	return known
}

func (w *witnesses) forget(bench types.NamespacedName) { delete(*w, bench) }

func newWitness(bench types.UID) *witness {
	return &witness{bench: bench, submitted: map[string]bool{}, underway: map[string]bool{}, ends: map[string]*int64{}}
}

// forgetRuns drops what is known of runs, when all of them have been counted.
func (w *witness) forgetRuns() { *w = *newWitness(w.bench) }
