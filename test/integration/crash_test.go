package integration

import (
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/testutil"
)

// maxCalls is more than a run's whole life takes.
const maxCalls = 120

func anyCall(string) bool { return true }

var _ = Describe("A manager that dies", func() {
	// look lets the manager act until it has nothing to do, and replaces it when a call of it failed.
	look := func(w *world, run *v1alpha1.StrategyRun) {
		for range 3 {
			if _, err := w.try(run); err != nil {
				w.restart()
			}
		}
	}
	end := func(w *world, run *v1alpha1.StrategyRun, attempt int32) {
		Expect(w.pods()).To(HaveLen(1), "one Pod runs")
		w.report(w.pod(), w.kubelet().Running())
		look(w, run)
		w.report(w.pod(), w.kubelet().Terminated(0, "Completed", testutil.MakeRecord(run.UID, attempt).Completed().Text()))
		look(w, run)
		look(w, run)
	}
	straight := func(w *world, run *v1alpha1.StrategyRun) []v1alpha1.Verdict {
		look(w, run)
		end(w, run, 0)
		return []v1alpha1.Verdict{v1alpha1.VerdictCompleted}
	}
	interrupted := func(w *world, run *v1alpha1.StrategyRun) []v1alpha1.Verdict {
		look(w, run)
		w.edit(run, func(run *v1alpha1.StrategyRun) { run.Spec.Suspend = ptr.To(true) })
		look(w, run)
		w.edit(run, func(run *v1alpha1.StrategyRun) { run.Spec.Suspend = ptr.To(false) })
		look(w, run)
		end(w, run, 1)
		return []v1alpha1.Verdict{v1alpha1.VerdictSuspended, v1alpha1.VerdictCompleted}
	}

	DescribeTable("at any call leaves one Pod for an attempt, one verdict, and nothing behind",
		func(kind fault, of func(call string) bool, life func(*world, *v1alpha1.StrategyRun) []v1alpha1.Verdict) {
			for at := range maxCalls {
				w := newWorld()
				run := w.submit(testutil.MakeRun(w.namespace, "survivor"))
				passed, failed := 0, ""
				w.calls.fault = func(number int, call string) fault {
					if !of(call) {
						return noFault
					}
					if passed++; passed != at+1 {
						return noFault
					}
					failed = fmt.Sprintf("call %d, %s", number, call)
					return kind
				}
				want := life(w, run)
				if failed == "" {
					Expect(at).To(BeNumerically(">=", 4), "there are calls to fail at")
					return
				}
				var verdicts []v1alpha1.Verdict
				for _, attempt := range w.read(run).Status.Attempts {
					verdicts = append(verdicts, attempt.Verdict)
				}
				Expect(verdicts).To(Equal(want), failed)
				Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("True/Completed"), failed)
				Expect(w.read(run).Status.Result.Metrics).NotTo(BeEmpty(), failed)
				Expect(w.pods()).To(BeEmpty(), failed)
				Expect(w.podsCreated()).To(Equal(len(want)), failed)
				// Twice only where it was told before the Pod's deletion failed, which a new manager cannot know.
				Expect(len(w.announced())).To(BeElementOf(1, 2), failed)
			}
			Fail(fmt.Sprintf("a run makes more than %d calls", maxCalls))
		},
		Entry("before it reaches the API server", notSent, anyCall, straight),
		Entry("after it had its effect", answerLost, isWrite, straight),
		Entry("before it reaches the API server, when the run is suspended in between", notSent, isWrite, interrupted),
		Entry("after it had its effect, when the run is suspended in between", answerLost, isWrite, interrupted),
	)

	It("never executes a run again whose verdict its cache has not seen", func() {
		w := newWorld()
		run := w.submit(testutil.MakeRun(w.namespace, "stale"))
		before := w.read(run)
		w.step(run)
		w.report(w.pod(), w.kubelet().Terminated(0, "Completed", testutil.MakeRecord(run.UID, 0).Completed().Text()))
		w.step(run)
		Expect(w.pods()).To(BeEmpty())
		verdict := w.read(run)

		By("showing a new manager the run as it was before it started")
		w.restart()
		w.calls.forget()
		w.calls.stale = before
		w.step(run)
		Expect(w.pods()).To(BeEmpty())
		Expect(w.calls.writes()).To(BeEmpty())
		Expect(w.read(run)).To(Equal(verdict))
	})

	It("tells of a verdict that its predecessor could only record", func() {
		w := newWorld()
		run := w.submit(testutil.MakeRun(w.namespace, "untold"))
		w.step(run)
		w.report(w.pod(), w.kubelet().Terminated(1, "Error",
			testutil.MakeRecord(run.UID, 0).Denied("socket", 1).Verdict(v1alpha1.VerdictSecurityViolation, "").Text()))
		w.calls.forget()
		w.calls.fault = func(_ int, call string) fault {
			if call == "patch strategyruns/status" {
				return answerLost
			}
			return noFault
		}
		_, err := w.try(run)
		Expect(err).To(HaveOccurred())
		Expect(w.announced()).To(BeEmpty())
		w.calls.fault = nil
		w.restart()
		w.step(run)
		w.step(run)
		Expect(w.announced()).To(HaveExactElements(HavePrefix("Warning SecurityViolation ")))
		Expect(strings.Count(w.audit.String(), `"msg":"violation"`)).To(Equal(1))
		Expect(w.pods()).To(BeEmpty())
	})
})
