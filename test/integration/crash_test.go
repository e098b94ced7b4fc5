package integration

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/testutil"
)

var _ = Describe("A manager that dies", func() {
	DescribeTable("at any call leaves one Pod for an attempt, one verdict, and nothing behind",
		func(kind fault, of func(call string) bool, leads life) {
			everyCall(kind, of, leads, func(*world) {})
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
		dead := false
		w.calls.fault = func(_ int, call string) fault {
			switch {
			case dead:
				return notSent
			case call == "patch strategyruns/status":
				dead = true
				return answerLost
			default:
				return noFault
			}
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
