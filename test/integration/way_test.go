package integration

import (
	"encoding/json"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/testutil"
)

var _ = Describe("The way of one run", func() {
	var w *world

	BeforeEach(func() {
		w = newWorld()
	})

	It("leads from submission to a score with a Pod, two status writes, the Pod's deletion and one Event", func() {
		run := w.submit(testutil.MakeRun(w.namespace, "momentum").StrategyID("gen12/momentum"))

		By("creating the Pod and recording the attempt at once")
		result := w.step(run)
		Expect(result.RequeueAfter).To(BeNumerically("~", 60*time.Second, 2*time.Second), "it comes back at the start deadline")
		pod := w.pod()
		Expect(pod.Name).To(Equal("momentum-0"))
		Expect(w.condition(run, v1alpha1.ConditionAccepted)).To(Equal("True/Accepted"))
		Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("False/Running"))
		attempt := w.read(run).Status.Attempts[0]
		Expect(attempt.PodUID).To(Equal(string(pod.UID)))

		By("writing nothing while it runs")
		w.report(pod, w.kubelet().Running())
		w.step(run)
		w.step(run)

		By("recording the verdict as soon as the container has ended")
		w.report(w.pod(), w.kubelet().Terminated(0, "Completed", testutil.MakeRecord(run.UID, 0).Completed().Text()))
		w.step(run)
		finished := w.read(run)
		Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("True/Completed"))
		Expect(w.condition(run, v1alpha1.ConditionSucceeded)).To(Equal("True/Completed"))
		Expect(w.condition(run, v1alpha1.ConditionSandboxed)).To(Equal("True/Sandboxed"))
		Expect(w.condition(run, v1alpha1.ConditionSecurityViolation)).To(Equal("False/NoViolation"))
		Expect(w.condition(run, v1alpha1.ConditionResourceLimitExceeded)).To(Equal("False/WithinLimits"))
		Expect(finished.Status.ExecutedMode).To(Equal(v1alpha1.ModeSandbox))
		Expect(finished.Status.Result.Metrics).To(HaveKeyWithValue("daily_sharpe", "1.31"))

		By("leaving a settled run alone")
		w.step(run)
		w.step(run)
		Expect(w.calls.writes()).To(Equal([]string{
			"create pods", "patch strategyruns/status", "patch strategyruns/status", "delete pods",
		}))
		Expect(w.announced()).To(HaveExactElements(HavePrefix("Normal Completed ")))
		Expect(w.pods()).To(BeEmpty())
		w.calls.forget()
		w.step(run)
		Expect(w.calls.writes()).To(BeEmpty())

		By("keeping the status small")
		status, err := json.Marshal(finished.Status)
		Expect(err).NotTo(HaveOccurred())
		Expect(len(status)).To(BeNumerically("<=", 2304), "%s", status)
	})

	It("records what was denied in status, Event and audit log, and publishes no score", func() {
		run := w.submit(testutil.MakeRun(w.namespace, "hostile").StrategyID("gen12/hostile"))
		w.step(run)
		w.report(w.pod(), w.kubelet().Terminated(1, "Error",
			testutil.MakeRecord(run.UID, 0).Denied("socket", 3).Denied("openat", 1).Verdict(v1alpha1.VerdictSecurityViolation, "").Text()))
		w.step(run)

		Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("True/SecurityViolation"))
		Expect(w.condition(run, v1alpha1.ConditionSecurityViolation)).To(Equal("True/SyscallDenied"))
		status := w.read(run).Status
		Expect(status.Violations).To(HaveLen(2))
		Expect(status.Result.Metrics).To(BeEmpty())
		Expect(w.announced()).To(HaveExactElements(
			And(HavePrefix("Warning SecurityViolation "), ContainSubstring("socket (3), openat (1)"))))
		Expect(w.audit.String()).To(And(
			ContainSubstring(`"msg":"violation"`), ContainSubstring(`"strategyID":"gen12/hostile"`),
			ContainSubstring(`"syscall":"socket"`), ContainSubstring(`"count":3`), ContainSubstring(`"time":"2026-`)))
	})

	It("ends at the start deadline when no node takes the Pod", func() {
		run := w.submit(testutil.MakeRun(w.namespace, "waiting").StartDeadline(5))
		w.step(run)
		w.report(w.pod(), w.kubelet().Unscheduled("0/1 nodes are available: 1 Insufficient memory."))
		w.step(run)
		Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("False/Running"))
		w.clock.SetTime(w.pod().CreationTimestamp.Add(5 * time.Second))
		w.step(run)
		Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("True/StartDeadlineExceeded"))
		Expect(w.read(run).Status.Attempts[0].Message).To(ContainSubstring("Insufficient memory"))
		Expect(w.pods()).To(BeEmpty())
	})

	It("calls a Pod lost only when the API server has it no more", func() {
		run := w.submit(testutil.MakeRun(w.namespace, "lost").Fallback(v1alpha1.FallbackNever))
		w.step(run)
		w.report(w.pod(), w.kubelet().Running())
		pod := w.pod()
		pod.Finalizers = nil
		Expect(kube.Delete(w.ctx, pod, deleteNow)).To(Succeed())
		w.step(run)
		Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("True/PodLost"))
		Expect(w.condition(run, v1alpha1.ConditionSecurityViolation)).To(Equal("Unknown/NotObserved"))
	})

	It("waits for the kubelet's last word when the runner gave no verdict", func() {
		run := w.submit(testutil.MakeRun(w.namespace, "wedged"))
		w.step(run)
		unfinished := testutil.MakeRecord(run.UID, 0).Text()
		w.report(w.pod(), w.kubelet().Terminated(137, "Error", unfinished))
		w.step(run)
		Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("False/Running"))
		w.report(w.pod(), w.kubelet().Terminated(137, "Error", unfinished).
			Phase(corev1.PodFailed, "DeadlineExceeded", "Pod was active on the node longer than the specified deadline"))
		w.step(run)
		Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("True/DeadlineExceeded"))
		Expect(w.condition(run, v1alpha1.ConditionResourceLimitExceeded)).To(Equal("True/DeadlineExceeded"))
	})
})
