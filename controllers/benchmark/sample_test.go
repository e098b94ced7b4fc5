package benchmark

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
)

func at(text string) time.Time {
	moment, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return moment
}

// scored is a run that was submitted late in a second and stamped with its beginning.
func scored(change func(*v1alpha1.StrategyRun)) *v1alpha1.StrategyRun {
	run := &v1alpha1.StrategyRun{
		ObjectMeta: metav1.ObjectMeta{
			Name: "b-p0000-sandbox", CreationTimestamp: metav1.NewTime(at("2026-11-23T12:00:00Z")),
			Annotations: map[string]string{v1alpha1.AnnotationSubmittedAt: "2026-11-23T12:00:00.75Z"},
		},
		Status: v1alpha1.StrategyRunStatus{
			Conditions:   []metav1.Condition{{Type: v1alpha1.ConditionFinished, Status: metav1.ConditionTrue, Reason: "Completed"}},
			ExecutedMode: v1alpha1.ModeSandbox,
			FinishTime:   ptr.To(metav1.NewTime(at("2026-11-23T12:00:03Z"))),
			Attempts:     []v1alpha1.Attempt{{Index: ptr.To(int32(0)), Node: "node0"}},
			Result: &v1alpha1.Result{
				CPUMillis: ptr.To(int64(900)), PeakMemoryBytes: ptr.To(int64(1 << 28)),
				Timings: &v1alpha1.Timings{QueuedMillis: ptr.To(int64(790)), StartedMillis: ptr.To(int64(400)), TotalMillis: ptr.To(int64(3250))},
			},
			Environment: &v1alpha1.Environment{Dataset: "sha256:9f"},
		},
	}
	if change != nil {
		change(run)
	}
	return run
}

func TestHalfOfARunIsMeasuredFromItsSubmission(t *testing.T) {
	whole := overhead.Half{
		Run: "b-p0000-sandbox", Mode: v1alpha1.ModeSandbox, Verdict: v1alpha1.VerdictCompleted, Dataset: "sha256:9f", Node: "node0",
		SubmittedAt: at("2026-11-23T12:00:00.75Z"), CPUMillis: 900, PeakMemoryBytes: 1 << 28,
		Times: overhead.Times{Total: 2500, Queue: 40, Start: 400, End: ptr.To(int64(1200))},
	}
	for name, test := range map[string]struct {
		run  *v1alpha1.StrategyRun
		want func(*overhead.Half)
	}{
		"exactly, although its stamp is of the second alone": {scored(nil), func(*overhead.Half) {}},
		"from its stamp when somebody removed the annotation": {
			scored(func(run *v1alpha1.StrategyRun) { run.Annotations = nil }), func(half *overhead.Half) {
				half.SubmittedAt, half.Times.Total, half.Times.Queue = at("2026-11-23T12:00:00Z"), 3250, 790
			},
		},
		"never backwards": {
			scored(func(run *v1alpha1.StrategyRun) { run.Status.Result.Timings.QueuedMillis = ptr.To(int64(700)) }), func(half *overhead.Half) {
				half.Times.Queue = 0
			},
		},
		"without a result, from nothing": {
			scored(func(run *v1alpha1.StrategyRun) { run.Status.Result, run.Status.Environment = nil, nil }), func(half *overhead.Half) {
				half.Times, half.CPUMillis, half.PeakMemoryBytes, half.Dataset = overhead.Times{End: ptr.To(int64(1200))}, 0, 0, ""
			},
		},
		"in the mode that it was to have when it was never executed": {
			scored(func(run *v1alpha1.StrategyRun) { run.Status.ExecutedMode, run.Status.Attempts = "", nil }), func(half *overhead.Half) {
				half.Node = ""
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			want := whole
			test.want(&want)
			got := halfOf(sighting{name: "b-p0000-sandbox", run: test.run, end: ptr.To(int64(1200))}, v1alpha1.ModeSandbox)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestVerdictAt(t *testing.T) {
	for name, test := range map[string]struct {
		run  *v1alpha1.StrategyRun
		want string
	}{
		"is known to the millisecond where something was measured": {scored(nil), "2026-11-23T12:00:03.25Z"},
		"is known to the second otherwise": {
			scored(func(run *v1alpha1.StrategyRun) { run.Status.Result = nil }), "2026-11-23T12:00:03Z",
		},
		"is the creation where nothing else is known": {
			scored(func(run *v1alpha1.StrategyRun) { run.Status = v1alpha1.StrategyRunStatus{} }), "2026-11-23T12:00:00Z",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := verdictAt(test.run); !got.Equal(at(test.want)) {
				t.Errorf("the verdict was at %s, want %s", got, test.want)
			}
		})
	}
}

func TestProgressTellsHowLongTheRestTakes(t *testing.T) {
	now := at("2026-11-23T12:00:00Z")
	pair := overhead.Pair{
		Sandbox:  overhead.Half{Times: overhead.Times{Total: 5000, End: ptr.To(int64(1000))}},
		Baseline: overhead.Half{Times: overhead.Times{Total: 4000}},
	}
	for name, test := range map[string]struct {
		pairs     []overhead.Pair
		planned   int32
		said      string
		remaining string
	}{
		"not before the first pair":      {nil, 20, "0/20", ""},
		"as long as those so far":        {[]overhead.Pair{pair, pair}, 5, "2/5", "30s"},
		"not after the last":             {[]overhead.Pair{pair, pair}, 2, "2/2", ""},
		"of many, in minutes":            {[]overhead.Pair{pair}, 14, "1/14", "2m10s"},
		"not where nothing was measured": {[]overhead.Pair{{}}, 2, "1/2", "0s"},
	} {
		t.Run(name, func(t *testing.T) {
			got := progressOf(test.pairs, test.planned, now)
			if got.Pairs != test.said || got.Remaining != test.remaining {
				t.Errorf("progress is %s, %q remaining; want %s, %q", got.Pairs, got.Remaining, test.said, test.remaining)
			}
			if (got.EstimatedFinishTime != nil) != (test.remaining != "") {
				t.Errorf("the estimated end is %v", got.EstimatedFinishTime)
			}
		})
	}
}

func TestStrategyNamesFitAndRemainDifferent(t *testing.T) {
	long := func(end string) string {
		name := make([]byte, 300)
		for i := range name {
			name[i] = 'n'
		}
		return string(name) + end
	}
	if got := strategyName("code/main.py"); got != "code/main.py" {
		t.Errorf("a short name became %s", got)
	}
	a, b := strategyName(long("a.py")), strategyName(long("b.py"))
	if len(a) != maxStrategyName || len(b) != maxStrategyName || a == b {
		t.Errorf("long names became %s and %s", a, b)
	}
}
