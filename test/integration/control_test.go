package integration

import (
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/testutil"
)

// edit changes a run as a user would.
func (w *world) edit(run *v1alpha1.StrategyRun, change func(*v1alpha1.StrategyRun)) {
	GinkgoHelper()
	current := w.read(run)
	before := current.DeepCopy()
	change(current)
	Expect(kube.Patch(w.ctx, current, client.MergeFrom(before))).To(Succeed())
}

// gone reports whether a run exists no more.
func (w *world) gone(run *v1alpha1.StrategyRun) bool {
	GinkgoHelper()
	err := kube.Get(w.ctx, client.ObjectKeyFromObject(run), &v1alpha1.StrategyRun{})
	Expect(client.IgnoreNotFound(err)).To(Succeed())
	return apierrors.IsNotFound(err)
}

// bind puts a Pod on a node, so that its deletion takes a kubelet.
func (w *world) bind(pod *corev1.Pod) {
	GinkgoHelper()
	binding := &corev1.Binding{Target: corev1.ObjectReference{Kind: "Node", Name: "node0"}}
	Expect(kube.SubResource("binding").Create(w.ctx, pod, binding)).To(Succeed())
}

var _ = Describe("Control over a run", func() {
	var w *world

	BeforeEach(func() { w = newWorld() })

	It("stops a run that is suspended and starts it afresh when it is resumed", func() {
		run := w.submit(testutil.MakeRun(w.namespace, "paused"))
		w.step(run)
		w.report(w.pod(), w.kubelet().Running())
		w.edit(run, func(run *v1alpha1.StrategyRun) { run.Spec.Suspend = ptr.To(true) })
		w.step(run)
		Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("False/Suspended"))
		Expect(w.read(run).Status.Attempts[0].Verdict).To(Equal(v1alpha1.VerdictSuspended))
		Expect(w.pods()).To(BeEmpty())

		By("writing nothing while it is suspended")
		w.calls.forget()
		w.step(run)
		Expect(w.calls.writes()).To(BeEmpty())

		w.edit(run, func(run *v1alpha1.StrategyRun) { run.Spec.Suspend = ptr.To(false) })
		w.step(run)
		Expect(w.pod().Name).To(Equal("paused-1"))
		w.report(w.pod(), w.kubelet().Terminated(0, "Completed", testutil.MakeRecord(run.UID, 1).Completed().Text()))
		w.step(run)
		Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("True/Completed"))
		Expect(w.announced()).To(HaveLen(1))
	})

	It("does not start a run that is suspended from the beginning", func() {
		run := w.submit(testutil.MakeRun(w.namespace, "later").Suspended())
		w.step(run)
		Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("False/Suspended"))
		Expect(w.pods()).To(BeEmpty())
	})

	It("keeps the last eight attempts of a run that is suspended again and again", func() {
		run := w.submit(testutil.MakeRun(w.namespace, "restless"))
		for attempt := range 10 {
			w.edit(run, func(run *v1alpha1.StrategyRun) { run.Spec.Suspend = ptr.To(false) })
			w.step(run)
			Expect(w.pod().Name).To(Equal(fmt.Sprintf("restless-%d", attempt)))
			w.edit(run, func(run *v1alpha1.StrategyRun) { run.Spec.Suspend = ptr.To(true) })
			w.step(run)
		}
		attempts := w.read(run).Status.Attempts
		Expect(attempts).To(HaveLen(8))
		Expect(attempts[7].Index).To(HaveValue(Equal(int32(9))))
	})

	It("lets a verdict that is in already win over suspend and cancel", func() {
		run := w.submit(testutil.MakeRun(w.namespace, "photo-finish"))
		w.step(run)
		w.report(w.pod(), w.kubelet().Terminated(0, "Completed", testutil.MakeRecord(run.UID, 0).Completed().Text()))
		w.edit(run, func(run *v1alpha1.StrategyRun) { run.Spec.Suspend, run.Spec.Cancel = ptr.To(true), ptr.To(true) })
		w.step(run)
		Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("True/Completed"))
	})

	It("ends a run that is cancelled, for good", func() {
		run := w.submit(testutil.MakeRun(w.namespace, "stopped"))
		w.step(run)
		w.report(w.pod(), w.kubelet().Running())
		w.edit(run, func(run *v1alpha1.StrategyRun) { run.Spec.Cancel = ptr.To(true) })
		w.step(run)
		Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("True/Cancelled"))
		Expect(w.condition(run, v1alpha1.ConditionSucceeded)).To(Equal("False/Cancelled"))
		Expect(w.pods()).To(BeEmpty())
		Expect(w.announced()).To(HaveExactElements(HavePrefix("Warning Cancelled ")))
	})

	It("cancels a run that has not been started", func() {
		run := w.submit(testutil.MakeRun(w.namespace, "never").Suspended())
		w.step(run)
		w.edit(run, func(run *v1alpha1.StrategyRun) { run.Spec.Cancel = ptr.To(true) })
		w.step(run)
		Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("True/Cancelled"))
		Expect(w.read(run).Status.Attempts).To(BeEmpty())
	})

	It("deletes the Pod of a run that is deleted, at once", func() {
		run := w.submit(testutil.MakeRun(w.namespace, "deleted"))
		w.step(run)
		w.bind(w.pod())
		w.report(w.pod(), w.kubelet().Running())
		Expect(kube.Delete(w.ctx, run)).To(Succeed())
		w.step(run)
		Expect(w.pod().DeletionTimestamp).NotTo(BeNil())
		Expect(w.pod().DeletionGracePeriodSeconds).To(HaveValue(BeNumerically("<=", 5)))
		w.calls.forget()
		w.step(run)
		Expect(w.calls.writes()).To(BeEmpty())
	})

	It("deletes a finished run when its time is up, not before", func() {
		run := w.submit(testutil.MakeRun(w.namespace, "short-lived").TTL(10))
		w.step(run)
		w.report(w.pod(), w.kubelet().Terminated(0, "Completed", testutil.MakeRecord(run.UID, 0).Completed().Text()))
		w.step(run)
		finish := w.read(run).Status.FinishTime.Time
		w.clock.SetTime(finish.Add(9 * time.Second))
		Expect(w.step(run).RequeueAfter).To(Equal(time.Second))
		Expect(w.gone(run)).To(BeFalse())
		w.clock.SetTime(finish.Add(10 * time.Second))
		w.step(run)
		Expect(w.gone(run)).To(BeTrue())
	})

	It("uses the installation's TTL and follows a change of the run's own", func() {
		run := w.submit(testutil.MakeRun(w.namespace, "kept"))
		w.edit(run, func(run *v1alpha1.StrategyRun) { run.Spec.Cancel = ptr.To(true) })
		w.step(run)
		Expect(w.step(run).RequeueAfter).To(BeNumerically("~", time.Hour, time.Second))
		w.edit(run, func(run *v1alpha1.StrategyRun) { run.Spec.TTLSecondsAfterFinished = ptr.To(int32(0)) })
		w.step(run)
		Expect(w.gone(run)).To(BeTrue())
	})

	It("starts a run whose namesake was deleted just before, once that one's Pod is gone", func() {
		first := w.submit(testutil.MakeRun(w.namespace, "twice"))
		w.step(first)
		w.bind(w.pod())
		Expect(kube.Delete(w.ctx, first)).To(Succeed())
		second := w.submit(testutil.MakeRun(w.namespace, "twice"))
		w.step(second)
		Expect(w.condition(second, v1alpha1.ConditionFinished)).To(Equal("False/Queued"))
		Expect(w.pod().DeletionTimestamp).NotTo(BeNil())
		Expect(kube.Delete(w.ctx, w.pod(), deleteNow)).To(Succeed())
		w.step(second)
		Expect(w.condition(second, v1alpha1.ConditionFinished)).To(Equal("False/Running"))
		Expect(w.pod().OwnerReferences[0].UID).To(Equal(second.UID))
	})
})
