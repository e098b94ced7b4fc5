package strategyrun

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// runAt is a run that was created some seconds after noon. Its UID is namespace/name.
func runAt(seconds int, namespace, name string, changes ...func(*v1alpha1.StrategyRun)) v1alpha1.StrategyRun {
	run := v1alpha1.StrategyRun{ObjectMeta: metav1.ObjectMeta{
		Namespace: namespace, Name: name, UID: types.UID(namespace + "/" + name),
		CreationTimestamp: metav1.NewTime(noon.Add(time.Duration(seconds) * time.Second)),
	}}
	for _, change := range changes {
		change(&run)
	}
	return run
}

func underWay(run *v1alpha1.StrategyRun) {
	run.Status.Attempts = []v1alpha1.Attempt{{Index: ptr.To(int32(0)), Mode: v1alpha1.ModeSandbox}}
}

func over(run *v1alpha1.StrategyRun) {
	underWay(run)
	run.Status.Attempts[0].Verdict = v1alpha1.VerdictCompleted
	finish(run, v1alpha1.VerdictCompleted, "", noon)
}

func suspended(run *v1alpha1.StrategyRun) { run.Spec.Suspend = ptr.To(true) }
func cancelled(run *v1alpha1.StrategyRun) { run.Spec.Cancel = ptr.To(true) }
func deleting(run *v1alpha1.StrategyRun)  { run.DeletionTimestamp = ptr.To(metav1.NewTime(noon)) }

func podOf(run, name string, deleting bool) corev1.Pod {
	pod := corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, OwnerReferences: []metav1.OwnerReference{{UID: types.UID(run), Controller: ptr.To(true)}}}}
	if deleting {
		pod.DeletionTimestamp = ptr.To(metav1.NewTime(noon))
	}
	return pod
}

func TestFreePlacesGoToTheRunsThatWaitedLongestInTheNamespacesThatHaveLeast(t *testing.T) {
	tests := map[string]struct {
		runs     []v1alpha1.StrategyRun
		pods     []corev1.Pod
		admitted map[types.UID]bool
		limit    int
		want     []string
	}{
		"nobody waits": {limit: 5},
		"the oldest first, then by name": {
			runs:  []v1alpha1.StrategyRun{runAt(2, "a", "late"), runAt(1, "a", "y"), runAt(1, "a", "x"), runAt(0, "a", "z")},
			limit: 3, want: []string{"a/z", "a/x", "a/y"},
		},
		"no place is free": {
			runs: []v1alpha1.StrategyRun{runAt(0, "a", "x", underWay), runAt(1, "a", "y")}, limit: 1,
		},
		"the limit was lowered below what runs": {
			runs: []v1alpha1.StrategyRun{runAt(0, "a", "w", underWay), runAt(0, "a", "x", underWay), runAt(1, "a", "y")}, limit: 1,
		},
		"a loop with a thousand runs does not keep another one out": {
			runs: append([]v1alpha1.StrategyRun{runAt(900, "small", "one")}, crowd("large", 800)...), limit: 3,
			want: []string{"large/0000", "small/one", "large/0001"},
		},
		"a namespace that has runs under way waits for one that has none": {
			runs:  []v1alpha1.StrategyRun{runAt(0, "a", "w", underWay), runAt(1, "a", "x"), runAt(9, "b", "y")},
			limit: 2, want: []string{"b/y"},
		},
		"what has ended, is suspended, cancelled or being deleted neither waits nor runs": {
			runs: []v1alpha1.StrategyRun{
				runAt(0, "a", "over", over), runAt(0, "a", "suspended", suspended), runAt(0, "a", "cancelled", cancelled),
				runAt(0, "a", "deleting", deleting, underWay), runAt(1, "a", "x"),
			},
			limit: 1, want: []string{"a/x"},
		},
		"a suspended run whose attempt is still under way keeps its place": {
			runs: []v1alpha1.StrategyRun{runAt(0, "a", "w", underWay, suspended), runAt(1, "a", "x")}, limit: 1,
		},
		"a Pod that no status tells of yet takes its run's place": {
			runs: []v1alpha1.StrategyRun{runAt(0, "a", "w"), runAt(1, "a", "x")}, pods: []corev1.Pod{podOf("a/w", "w-0", false)}, limit: 1,
		},
		"a Pod that is being deleted takes none": {
			runs: []v1alpha1.StrategyRun{runAt(1, "a", "x")}, pods: []corev1.Pod{podOf("a/x", "x-0", true)}, limit: 1,
			want: []string{"a/x"},
		},
		"a stranger's Pod takes none": {
			runs: []v1alpha1.StrategyRun{runAt(1, "a", "x")}, pods: []corev1.Pod{{}}, limit: 1, want: []string{"a/x"},
		},
		"a run that was given its turn takes a place": {
			runs: []v1alpha1.StrategyRun{runAt(0, "a", "w"), runAt(1, "a", "x")}, admitted: map[types.UID]bool{"a/w": true}, limit: 1,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, run := range standingOf(test.runs, test.pods, test.admitted).next(test.limit) {
				got = append(got, run.key.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("next (-want +got):\n%s", diff)
			}
		})
	}
}

func crowd(namespace string, size int) []v1alpha1.StrategyRun {
	runs := make([]v1alpha1.StrategyRun, size)
	for i := range runs {
		runs[i] = runAt(i, namespace, fmt.Sprintf("%04d", i))
	}
	return runs
}

func TestAPlaceIsGivenOnceAndKeptUntilItShows(t *testing.T) {
	x, y := runAt(0, "a", "x"), runAt(1, "a", "y")
	runs := []v1alpha1.StrategyRun{x, y}
	var turns turns
	if !turns.take(x.UID, runs, nil, 1) {
		t.Fatal("x did not get the only place")
	}
	if !turns.take(x.UID, runs, nil, 1) {
		t.Error("x lost its place when it asked again")
	}
	if turns.take(y.UID, runs, nil, 1) {
		t.Error("y got the place that x has")
	}
	underWay(&x)
	turns.settle(&x)
	if turns.take(y.UID, []v1alpha1.StrategyRun{x, y}, nil, 1) {
		t.Error("y got the place in which x runs")
	}
	over(&x)
	if line := turns.line([]v1alpha1.StrategyRun{x, y}, nil, 1); len(line) != 1 || line[0].uid != y.UID {
		t.Errorf("line is %v, want y", line)
	}
	if !turns.take(y.UID, []v1alpha1.StrategyRun{x, y}, nil, 1) {
		t.Error("y did not get the place that x left")
	}
}

func TestTheTurnOfARunThatIsGoneIsForgotten(t *testing.T) {
	x, y := runAt(0, "a", "x"), runAt(1, "a", "y")
	var turns turns
	turns.take(x.UID, []v1alpha1.StrategyRun{x, y}, nil, 1)
	turns.announceOnce(x.UID)
	if !turns.take(y.UID, []v1alpha1.StrategyRun{y}, nil, 1) {
		t.Error("y did not get the place of a run that exists no more")
	}
	if len(turns.announced) != 0 {
		t.Errorf("remembered: %v", turns.announced)
	}
}

func TestARunIsToldAboutOnce(t *testing.T) {
	var turns turns
	if !turns.announceOnce("a") || turns.announceOnce("a") {
		t.Error("a was not told about exactly once")
	}
	turns.forgetAnnounced("a")
	if !turns.announceOnce("a") {
		t.Error("a forgotten run is not told about")
	}
}

func TestTheCacheKeepsWhatIsReadAndNothingElse(t *testing.T) {
	run := runAt(0, "a", "x")
	run.Spec.Source.Inline = "code"
	run.ManagedFields = []metav1.ManagedFieldsEntry{{}}
	trimmed, err := trimRun(run.DeepCopy())
	if err != nil || trimmed.(*v1alpha1.StrategyRun).Spec.Source.Inline != "code" || trimmed.(*v1alpha1.StrategyRun).ManagedFields != nil {
		t.Errorf("a run that is to be started: %+v, %v", trimmed, err)
	}
	over(&run)
	trimmed, err = trimRun(run.DeepCopy())
	if err != nil || trimmed.(*v1alpha1.StrategyRun).Spec.Source.Inline != "" {
		t.Errorf("a run that has ended: %+v, %v", trimmed, err)
	}
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{v1alpha1.AnnotationSource: "code", v1alpha1.AnnotationTask: "{}"}},
		Spec:       corev1.PodSpec{NodeName: "node0", Hostname: "strategy", Containers: []corev1.Container{{Name: "strategy", Image: "i"}}},
	}
	kept, err := trimPod(pod)
	want := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{v1alpha1.AnnotationTask: "{}"}},
		Spec:       corev1.PodSpec{NodeName: "node0", Containers: []corev1.Container{{Name: "strategy", Image: "i"}}},
	}
	if diff := cmp.Diff(any(want), kept); diff != "" || err != nil {
		t.Errorf("Pod (-want +got):\n%s%v", diff, err)
	}
	for _, other := range []any{"a tombstone", nil} {
		fromRun, _ := trimRun(other)
		fromPod, _ := trimPod(other)
		if fromRun != other || fromPod != other {
			t.Errorf("%v was changed", other)
		}
	}
}
