package integration

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/testutil"
)

var _ = Describe("Control over a benchmark", func() {
	var t *track

	BeforeEach(func() { t = newTrack() })

	reaches := func(bench *v1alpha1.Benchmark, pairs string) func() bool {
		return func() bool {
			progress := t.read(bench).Status.Progress
			return progress != nil && progress.Pairs == pairs
		}
	}
	// half lets the benchmark go on until a run is under way.
	half := func(bench *v1alpha1.Benchmark) *v1alpha1.StrategyRun {
		for range 5 {
			t.step(bench)
			if _, open := t.runs(bench); len(open) > 0 {
				return &open[0]
			}
		}
		Fail("no run is under way")
		return nil
	}

	It("cancels it with the run that is under way", func() {
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "cancelled"))
		t.drive(bench, reaches(bench, "2/20"))
		run := half(bench)
		t.edit(bench, func(spec *benchmarkSpec) { spec.Cancel = ptr.To(true) })
		t.step(bench)
		Expect(t.finished(bench)).To(Equal("True/Cancelled"))
		Expect(t.world.read(run).Spec.Cancel).To(HaveValue(BeTrue()))
		status := t.read(bench).Status
		Expect(status.Decision).To(BeEmpty())
		Expect(status.Statistics.ValidPairs).To(HaveValue(Equal(int32(2))), "what was measured stays")
		Expect(t.announced()).To(HaveExactElements(HavePrefix("Warning Cancelled ")))

		t.calls.forget()
		t.step(bench)
		Expect(t.calls.writes()).To(BeEmpty())
	})

	It("cancels it before it has started", func() {
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "unstarted").With(func(spec *benchmarkSpec) { spec.Cancel = ptr.To(true) }))
		t.step(bench)
		Expect(t.finished(bench)).To(Equal("True/Cancelled"))
	})

	It("suspends it between two pairs, for as long as it takes, and goes on where it was", func() {
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "paused").Iterations(4))
		t.drive(bench, reaches(bench, "1/4"))
		half(bench)
		t.edit(bench, func(spec *benchmarkSpec) { spec.Suspend = ptr.To(true) })
		t.drive(bench)
		Expect(t.finished(bench)).To(Equal("False/Suspended"))
		Expect(t.read(bench).Status.Progress.Pairs).To(Equal("2/4"), "the pair under way was finished")
		all, _ := t.runs(bench)
		Expect(all).To(HaveLen(4))
		t.calls.forget()
		t.step(bench)
		Expect(t.calls.writes()).To(BeEmpty())

		t.restart()
		t.clock.Step(time.Hour)
		t.edit(bench, func(spec *benchmarkSpec) { spec.Suspend = ptr.To(false) })
		t.drive(bench)
		Expect(t.finished(bench)).To(Equal("True/Decided"))
		Expect(t.samples(bench).Pairs).To(HaveLen(4))
		all, _ = t.runs(bench)
		Expect(all).To(HaveLen(8))
	})

	It("suspends it before it starts", func() {
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "later").Iterations(2).With(func(spec *benchmarkSpec) { spec.Suspend = ptr.To(true) }))
		t.step(bench)
		Expect(t.finished(bench)).To(Equal("False/Suspended"))
		Expect(t.read(bench).Status.StartTime).To(BeNil())
		t.edit(bench, func(spec *benchmarkSpec) { spec.Suspend = nil })
		t.drive(bench)
		Expect(t.finished(bench)).To(Equal("True/Decided"))
	})

	It("ends it when its time is up, suspended or not", func() {
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "slow").With(func(spec *benchmarkSpec) { spec.DeadlineSeconds = ptr.To(int32(60)) }))
		t.drive(bench, reaches(bench, "3/20"))
		run := half(bench)
		start := t.read(bench).Status.StartTime
		Expect(t.step(bench).RequeueAfter).To(BeNumerically("~", start.Add(time.Minute).Sub(t.clock.Now()), time.Second))
		t.clock.SetTime(start.Add(time.Minute - time.Millisecond))
		t.step(bench)
		Expect(t.finished(bench)).To(Equal("False/Measuring"))
		t.clock.SetTime(start.Add(time.Minute))
		t.step(bench)
		Expect(t.finished(bench)).To(Equal("True/DeadlineExceeded"))
		Expect(t.message(bench, v1alpha1.ConditionFinished)).To(Equal("spec.deadlineSeconds (60) were over after 3 of 20 pairs; raise it or ask for fewer iterations"))
		Expect(t.world.read(run).Spec.Cancel).To(HaveValue(BeTrue()))

		paused := t.propose(testutil.MakeBenchmark(t.namespace, "paused").With(func(spec *benchmarkSpec) { spec.DeadlineSeconds = ptr.To(int32(60)) }))
		t.drive(paused, reaches(paused, "1/20"))
		t.edit(paused, func(spec *benchmarkSpec) { spec.Suspend = ptr.To(true) })
		t.drive(paused)
		Expect(t.finished(paused)).To(Equal("False/Suspended"))
		Expect(t.step(paused).RequeueAfter).NotTo(BeZero())
		t.clock.Step(time.Minute)
		t.step(paused)
		Expect(t.finished(paused)).To(Equal("True/DeadlineExceeded"))
	})

	It("lets one benchmark go on at a time, the oldest first", func() {
		first := t.propose(testutil.MakeBenchmark(t.namespace, "a-first").Iterations(4))
		second := t.propose(testutil.MakeBenchmark(t.namespace, "b-second").Iterations(4))
		t.step(second)
		Expect(t.finished(second)).To(Equal("False/Pending"))
		Expect(t.message(second, v1alpha1.ConditionFinished)).To(ContainSubstring("waits for benchmark " + t.namespace + "/a-first"))
		t.drive(first, reaches(first, "1/4"))
		third := t.propose(testutil.MakeBenchmark(t.newNamespace(nil), "a-third").Iterations(2))
		t.step(third)
		Expect(t.message(third, v1alpha1.ConditionFinished)).To(ContainSubstring(t.namespace + "/a-first"))
		Expect(kube.Delete(t.ctx, third)).To(Succeed())

		By("letting others go on while it is suspended")
		t.edit(first, func(spec *benchmarkSpec) { spec.Suspend = ptr.To(true) })
		t.drive(first)
		Expect(t.finished(first)).To(Equal("False/Suspended"))
		t.drive(second, reaches(second, "1/4"))
		t.edit(first, func(spec *benchmarkSpec) { spec.Suspend = ptr.To(false) })
		t.step(first)
		Expect(t.finished(first)).To(Equal("False/Pending"))
		Expect(t.message(first, v1alpha1.ConditionFinished)).To(ContainSubstring("b-second"))

		t.drive(second)
		Expect(t.finished(second)).To(Equal("True/Decided"))
		t.drive(first)
		Expect(t.finished(first)).To(Equal("True/Decided"))
	})

	It("waits for the end of each Pod, but not for ever", func() {
		t.ends = nil
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "stuck").Iterations(2))
		run := half(bench)
		for run.Spec.Mode != v1alpha1.ModeSandbox {
			t.end(run)
			run = half(bench)
		}
		pod := &corev1.Pod{}
		pod.Namespace, pod.Name = t.namespace, run.Name+"-0"
		t.makePod(pod)
		t.end(run)
		t.setPod(run, pod)
		before, _ := t.runs(bench)
		for _, wait := range []time.Duration{0, 59 * time.Second} {
			t.clock.Step(wait)
			Expect(t.step(bench).RequeueAfter).To(And(BeNumerically(">", 0), BeNumerically("<=", time.Minute)))
			after, _ := t.runs(bench)
			Expect(after).To(HaveLen(len(before)), "nothing starts beside a Pod that is not gone")
			Expect(t.read(bench).Status.Progress.Pairs).To(Equal("0/2"))
		}
		t.clock.Step(time.Second)
		t.step(bench)
		Expect(kube.Delete(t.ctx, pod, deleteNow)).To(Succeed())
		t.drive(bench)
		pairs := t.samples(bench).Pairs
		Expect(pairs[0].Excluded).To(BeNil())
		Expect(pairs[0].Sandbox.Times.End).To(BeNil(), "nobody saw it")
		Expect(pairs[1].Sandbox.Times.End).NotTo(BeNil())
	})
})
