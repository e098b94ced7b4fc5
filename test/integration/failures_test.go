package integration

import (
	"fmt"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/fallback"
	"github.com/stratbox/stratbox/internal/testutil"
)

// maxCalls is more than a run's whole life takes.
const maxCalls = 120

// misfortunePause is how long a run waits before the sandbox is tried again.
const misfortunePause = fallback.Backoff

func anyCall(string) bool { return true }

// everyCall leads lives of runs in each of which another call of the manager fails, until one has no call left to fail.
func everyCall(kind fault, of func(call string) bool, leads life, prepare func(*world)) {
	for at := range maxCalls {
		w := newWorld()
		prepare(w)
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
		want := leads(w, run)
		if failed == "" {
			Expect(at).To(BeNumerically(">=", 4), "there are calls to fail at")
			return
		}
		w.expectOneEnd(run, want, failed)
	}
	Fail(fmt.Sprintf("a run makes more than %d calls", maxCalls))
}

// expectOneEnd checks that a run ended once: each attempt was executed once, no verdict was ever taken back, nothing is
// left, and nobody writes any more.
func (w *world) expectOneEnd(run *v1alpha1.StrategyRun, want []v1alpha1.Verdict, because string) {
	GinkgoHelper()
	w.calls.fault = nil
	Expect(w.verdicts(run)).To(Equal(want), because)
	Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("True/Completed"), because)
	settled := w.read(run)
	Expect(settled.Status.Result.Metrics).NotTo(BeEmpty(), because)
	Expect(w.pods()).To(BeEmpty(), because)
	sandboxed := 0
	for _, attempt := range settled.Status.Attempts {
		if attempt.Mode == v1alpha1.ModeSandbox {
			sandboxed++
		}
	}
	Expect(w.podsCreated()).To(Equal(sandboxed), because)
	if executor, isWorkshop := w.executor.(*workshop); isWorkshop {
		Expect(executor.begun()).To(HaveEach(1), because)
		Expect(executor.begun()).To(HaveLen(len(want)-sandboxed), because)
	}
	w.expectNothingTakenBack(because)
	w.expectTold(want, because)

	w.calls.forget()
	w.look(run)
	w.restart()
	w.look(run)
	Expect(w.calls.writes()).To(BeEmpty(), because)
	Expect(w.read(run)).To(Equal(settled), because)
}

// expectTold checks that there was an Event for the run's end and one for each attempt before it that ended by itself.
func (w *world) expectTold(want []v1alpha1.Verdict, because string) {
	GinkgoHelper()
	told := map[string]int{}
	for _, event := range w.announced() {
		told[strings.Fields(event)[1]]++
	}
	// Twice only where it was told before the Pod's deletion failed, which a new manager cannot know.
	Expect(told["Completed"]).To(BeElementOf(1, 2), because)
	if slices.Contains(want, v1alpha1.VerdictOOMKilled) {
		Expect(told).To(And(HaveKeyWithValue("Retrying", 1), HaveKeyWithValue("FallingBack", 1)), because)
	}
}

// expectNothingTakenBack checks that no status that was ever written denies what an earlier one said.
func (w *world) expectNothingTakenBack(because string) {
	GinkgoHelper()
	said := map[int32]v1alpha1.Verdict{}
	for _, status := range w.calls.statuses {
		for _, attempt := range status.Attempts {
			if earlier := said[*attempt.Index]; earlier != "" {
				Expect(attempt.Verdict).To(Equal(earlier), because)
			}
			said[*attempt.Index] = attempt.Verdict
		}
	}
}

var _ = Describe("A call to the API server that fails", func() {
	DescribeTable("leaves one Pod for an attempt, one verdict, and nothing behind",
		func(kind fault, of func(string) bool, leads life) {
			everyCall(kind, of, leads, func(w *world) { w.survives = true })
		},
		Entry("because somebody else wrote meanwhile", conflict, isWrite, life(straight)),
		Entry("because somebody else wrote meanwhile, when the run falls back", conflict, isWrite, life(unlucky)),
		Entry("in time only for its effect", timedOut, isWrite, life(straight)),
		Entry("in time only for its effect, when the run falls back", timedOut, isWrite, life(unlucky)),
		Entry("because there are too many", tooMany, anyCall, life(straight)),
		Entry("because there are too many, when the run falls back", tooMany, isWrite, life(unlucky)),
		Entry("inside the API server", failing, anyCall, life(straight)),
		Entry("inside the API server, when the run falls back", failing, isWrite, life(unlucky)),
	)
})
