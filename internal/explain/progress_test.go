package explain_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/explain"
)

func TestProgressTellsEachThingOnce(t *testing.T) {
	waiting := func(reason, message string) *v1alpha1.StrategyRun {
		return made(func(run *v1alpha1.StrategyRun) {
			condition(run, v1alpha1.ConditionFinished, metav1.ConditionFalse, reason, message)
		})
	}
	first := v1alpha1.Attempt{Index: ptr.To[int32](0), Mode: v1alpha1.ModeSandbox, Pod: "x-0"}
	lost := v1alpha1.Attempt{Index: ptr.To[int32](0), Mode: v1alpha1.ModeSandbox, Pod: "x-0", Verdict: "PodLost", Message: "gone\x1b"}
	refused := v1alpha1.Attempt{Index: ptr.To[int32](1), Mode: v1alpha1.ModeSandbox, Verdict: "PodRejected"}
	second := v1alpha1.Attempt{Index: ptr.To[int32](2), Mode: v1alpha1.ModeASTOnly}
	with := func(run *v1alpha1.StrategyRun, attempts ...v1alpha1.Attempt) *v1alpha1.StrategyRun {
		run.Status.Attempts = attempts
		return run
	}
	for name, test := range map[string]struct {
		states []*v1alpha1.StrategyRun
		want   []string
	}{
		"a run that nobody has looked at": {[]*v1alpha1.StrategyRun{made(nil)}, nil},
		"a run that waits, first without a reason": {
			[]*v1alpha1.StrategyRun{waiting("Queued", ""), waiting("Queued", "waits for one of 5 places"), waiting("Queued", "waits for one of 5 places")},
			[]string{"Queued", "Queued: waits for one of 5 places"},
		},
		"a run that is suspended twice": {
			[]*v1alpha1.StrategyRun{waiting("Suspended", ""), waiting("Running", ""), waiting("Suspended", "")},
			[]string{"Suspended", "Suspended"},
		},
		"a run that falls back": {
			[]*v1alpha1.StrategyRun{
				with(waiting("Running", ""), first), with(waiting("Queued", "PodLost, goes on"), lost), with(waiting("Running", ""), lost, refused),
				with(waiting("Running", ""), refused, second), with(ended("Completed", "", nil), refused, second),
			},
			[]string{
				"Attempt 0, in the sandbox: Pod x-0", "Attempt 0 ended as PodLost: gone ", "Queued: goes on",
				"Attempt 1, in the sandbox", "Attempt 1 ended as PodRejected", "Attempt 2, AST-only: given to the executor",
			},
		},
		"a run that is seen again only at its end": {
			[]*v1alpha1.StrategyRun{with(ended("PodRejected", "", nil), lost, refused)},
			[]string{"Attempt 0, in the sandbox: Pod x-0", "Attempt 0 ended as PodLost: gone ", "Attempt 1, in the sandbox"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var progress explain.Progress
			var told []string
			for _, state := range test.states {
				told = append(told, progress.Next(state)...)
			}
			if diff := cmp.Diff(test.want, told); diff != "" {
				t.Error(diff)
			}
		})
	}
}
