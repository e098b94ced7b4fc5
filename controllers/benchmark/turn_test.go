package benchmark

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// candidateAt is a benchmark that was created some seconds after the first, with a reason of its condition Finished.
func candidateAt(name string, seconds int, reason string, change func(*v1alpha1.Benchmark)) v1alpha1.Benchmark {
	bench := v1alpha1.Benchmark{ObjectMeta: metav1.ObjectMeta{
		Namespace: "runs", Name: name, UID: types.UID(name),
		CreationTimestamp: metav1.NewTime(at("2026-11-23T12:00:00Z").Add(time.Duration(seconds) * time.Second)),
	}}
	if reason != "" {
		status := metav1.ConditionFalse
		if reason == v1alpha1.ReasonDecided {
			status = metav1.ConditionTrue
		}
		bench.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionFinished, Status: status, Reason: reason}}
	}
	if change != nil {
		change(&bench)
	}
	return bench
}

func TestABenchmarkWaitsFor(t *testing.T) {
	suspended := func(bench *v1alpha1.Benchmark) { bench.Spec.Suspend = ptr.To(true) }
	for name, test := range map[string]struct {
		others []v1alpha1.Benchmark
		want   string
	}{
		"nobody when it is alone": {nil, ""},
		"one that is under way, though younger": {
			[]v1alpha1.Benchmark{candidateAt("young", 9, v1alpha1.ReasonMeasuring, nil), candidateAt("old", 1, v1alpha1.ReasonPending, nil)}, "young",
		},
		"one whose functional tests are under way": {[]v1alpha1.Benchmark{candidateAt("young", 9, v1alpha1.ReasonTesting, nil)}, "young"},
		"the oldest that waits": {
			[]v1alpha1.Benchmark{candidateAt("older", 2, "", nil), candidateAt("oldest", 1, v1alpha1.ReasonPending, nil)}, "oldest",
		},
		"the first by name among those of the same second": {
			[]v1alpha1.Benchmark{candidateAt("a", 5, "", nil), candidateAt("z", 5, "", nil)}, "a",
		},
		"none that is younger":  {[]v1alpha1.Benchmark{candidateAt("young", 9, v1alpha1.ReasonPending, nil)}, ""},
		"none that has ended":   {[]v1alpha1.Benchmark{candidateAt("old", 1, v1alpha1.ReasonDecided, nil)}, ""},
		"none that is to pause": {[]v1alpha1.Benchmark{candidateAt("old", 1, v1alpha1.ReasonSuspended, suspended)}, ""},
		"one that is to pause and has not yet": {
			[]v1alpha1.Benchmark{candidateAt("old", 1, v1alpha1.ReasonMeasuring, suspended)}, "old",
		},
		"one that was paused and goes on": {[]v1alpha1.Benchmark{candidateAt("old", 1, v1alpha1.ReasonSuspended, nil)}, "old"},
		"none that is cancelled": {
			[]v1alpha1.Benchmark{candidateAt("old", 1, "", func(bench *v1alpha1.Benchmark) { bench.Spec.Cancel = ptr.To(true) })}, "",
		},
		"none that is being deleted before it began": {
			[]v1alpha1.Benchmark{candidateAt("old", 1, "", func(bench *v1alpha1.Benchmark) { bench.DeletionTimestamp = ptr.To(metav1.Now()) })}, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			self := candidateAt("self", 5, v1alpha1.ReasonPending, nil)
			got := ""
			if first := ahead(append(test.others, self), &self); first != nil {
				got = first.Name
			}
			if got != test.want {
				t.Errorf("waits for %q, want %q", got, test.want)
			}
		})
	}
}
