package integration

import (
	"fmt"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/testutil"
)

// maxCalls is more than a run's whole life takes.
const maxCalls = 60

var _ = Describe("A manager that dies", func() {
	// life takes a run from its submission to its settled end, with a fault at one call after which a new manager
	// takes over. It reports whether the fault was reached.
	life := func(w *world, at int, kind fault, verdict *testutil.RecordBuilder, run *v1alpha1.StrategyRun) bool {
		reached := false
		w.calls.fault = func(number int, _ string) fault {
			if number != at {
				return noFault
			}
			reached = true
			return kind
		}
		look := func() {
			for range 3 {
				if _, err := w.try(run); err != nil {
					w.restart()
				}
			}
		}
		look()
		pods := w.pods()
		Expect(pods).To(HaveLen(1), "after the start")
		w.report(&pods[0], w.kubelet().Running())
		look()
		w.report(w.pod(), w.kubelet().Terminated(0, "Completed", verdict.Text()))
		look()
		look()
		return reached
	}

	DescribeTable("at any call leaves one Pod for the attempt, one verdict, and nothing behind",
		func(kind fault) {
			for at := range maxCalls {
				w := newWorld()
				run := w.submit(testutil.MakeRun(w.namespace, "survivor"))
				if !life(w, at, kind, testutil.MakeRecord(run.UID, 0).Completed(), run) {
					Expect(at).To(BeNumerically(">", 10), "there are calls to fail at")
					return
				}
				failed := fmt.Sprintf("call %d (%s) of %s", at, w.calls.all()[at], strings.Join(w.calls.all(), ", "))
				Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("True/Completed"), failed)
				Expect(w.read(run).Status.Attempts).To(HaveLen(1), failed)
				Expect(w.read(run).Status.Result.Metrics).NotTo(BeEmpty(), failed)
				Expect(w.pods()).To(BeEmpty(), failed)

				By("telling of the verdict at least once, and once only where nothing failed after it was recorded")
				Expect(len(w.announced())).To(BeNumerically("~", 1, 1), failed)
				if at < slices.Index(w.calls.all(), "delete pods") && kind == notSent {
					Expect(w.calls.writes()).To(ContainElement("delete pods"), failed)
				}
			}
			Fail(fmt.Sprintf("a run makes more than %d calls", maxCalls))
		},
		Entry("before the call reaches the API server", notSent),
		Entry("after the call had its effect", answerLost),
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
