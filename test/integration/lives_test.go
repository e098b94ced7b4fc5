package integration

import (
	. "github.com/onsi/gomega"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/testutil"
)

// life leads a run from its submission to its end, whatever fails on the way, and returns the verdicts that its attempts
// must have.
type life func(*world, *v1alpha1.StrategyRun) []v1alpha1.Verdict

// look lets the manager act until it has nothing to do. A manager whose call failed is replaced, unless it survives.
func (w *world) look(run *v1alpha1.StrategyRun) {
	for range 3 {
		if _, err := w.try(run); err != nil && !w.survives {
			w.restart()
		}
	}
}

// complete lets the kubelet and the runner bring the attempt under way to a good end.
func (w *world) complete(run *v1alpha1.StrategyRun, attempt int32) {
	Expect(w.pods()).To(HaveLen(1), "one Pod runs")
	w.report(w.pod(), w.kubelet().Running())
	w.look(run)
	w.report(w.pod(), w.kubelet().Terminated(0, "Completed", testutil.MakeRecord(run.UID, attempt).Completed().Text()))
	w.look(run)
	w.look(run)
}

// straight is a life without events.
func straight(w *world, run *v1alpha1.StrategyRun) []v1alpha1.Verdict {
	w.look(run)
	w.complete(run, 0)
	return []v1alpha1.Verdict{v1alpha1.VerdictCompleted}
}

// interrupted is the life of a run that is suspended and resumed.
func interrupted(w *world, run *v1alpha1.StrategyRun) []v1alpha1.Verdict {
	w.look(run)
	w.edit(run, func(run *v1alpha1.StrategyRun) { run.Spec.Suspend = ptr.To(true) })
	w.look(run)
	w.edit(run, func(run *v1alpha1.StrategyRun) { run.Spec.Suspend = ptr.To(false) })
	w.look(run)
	w.complete(run, 1)
	return []v1alpha1.Verdict{v1alpha1.VerdictSuspended, v1alpha1.VerdictCompleted}
}

// unlucky is the life of a run that loses its Pod, uses up the memory of the next, and is then executed AST-only.
func unlucky(w *world, run *v1alpha1.StrategyRun) []v1alpha1.Verdict {
	w.executor = newWorkshop(v1alpha1.VerdictCompleted)
	w.look(run)
	Expect(kube.Delete(w.ctx, w.pod(), deleteNow)).To(Succeed())
	w.look(run)
	w.clock.Step(misfortunePause)
	w.look(run)
	w.report(w.pod(), w.kubelet().Terminated(137, "OOMKilled", testutil.MakeRecord(run.UID, 1).OOM().Text()))
	w.carryOn(run, "True/Completed")
	w.look(run)
	return []v1alpha1.Verdict{v1alpha1.VerdictPodLost, v1alpha1.VerdictOOMKilled, v1alpha1.VerdictCompleted}
}
