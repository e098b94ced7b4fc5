package integration

import (
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/functional"
	"github.com/stratbox/stratbox/internal/testutil"
)

// ownedRun is a run as a manager of another version would have made it.
func ownedRun(bench *v1alpha1.Benchmark, name, code string) *v1alpha1.StrategyRun {
	run := testutil.MakeRun(bench.Namespace, name).Obj()
	run.Spec.Source = v1alpha1.StrategySource{Inline: code}
	run.Labels = map[string]string{v1alpha1.LabelBenchmark: bench.Name}
	run.Annotations = map[string]string{v1alpha1.AnnotationSubmittedAt: bench.CreationTimestamp.UTC().Format(time.RFC3339Nano)}
	run.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(bench, v1alpha1.GroupVersion.WithKind("Benchmark"))}
	return run
}

var _ = Describe("The functional suite of a benchmark", func() {
	var t *track

	BeforeEach(func() { t = newTrack() })

	// expected ends runs of the suite with the verdict that is expected of each.
	expected := func(run *v1alpha1.StrategyRun, status *runStatus) {
		for _, of := range slices.Concat(functional.Batches()...) {
			if strings.HasSuffix(strings.TrimSuffix(run.Name, "-r1"), "-f-"+of.Name) {
				setEnd(status, of.Verdict, "as expected")
			}
		}
	}
	outcome := func(bench *v1alpha1.Benchmark, name string) v1alpha1.FunctionalTest {
		for _, test := range t.read(bench).Status.FunctionalTests {
			if test.Name == name {
				return test
			}
		}
		return v1alpha1.FunctionalTest{}
	}
	names := func(runs []v1alpha1.StrategyRun) (names []string) {
		for _, run := range runs {
			names = append(names, run.Name)
		}
		return names
	}

	It("is executed before the first pair, one batch after the other, and judged as it goes", func() {
		t.ends = expected
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "tested").Iterations(2).Suite())
		var together [][]string
		early := false
		t.drive(bench, func() bool {
			if _, open := t.runs(bench); len(open) > 1 {
				together = append(together, names(open))
			}
			done, _ := t.read(bench).Status.FunctionalTestsDone()
			all, _ := t.runs(bench)
			early = early || !done && slices.ContainsFunc(all, func(run v1alpha1.StrategyRun) bool { return strings.Contains(run.Name, "-p0") })
			return false
		})
		Expect(t.finished(bench)).To(Equal("True/Decided"))
		Expect(early).To(BeFalse(), "a pair before the last test has ended")
		Expect(slices.CompactFunc(together, slices.Equal)).To(HaveExactElements(ConsistOf("tested-f-together-a", "tested-f-together-b", "tested-f-intruder")))

		batches := slices.Concat(functional.Batches()...)
		all, _ := t.runs(bench)
		Expect(all).To(HaveLen(len(batches) + 4))
		for _, run := range all {
			Expect(run.Spec.Fallback.Policy).To(Equal(v1alpha1.FallbackNever))
			Expect(run.Spec.TTLSecondsAfterFinished).To(HaveValue(BeNumerically(">", 0)))
			for _, of := range batches {
				if run.Name == "tested-f-"+of.Name {
					Expect(run.Spec.Source.Inline).To(Equal(of.Source))
					Expect(run.Spec.Mode).To(Equal(v1alpha1.ModeSandbox))
				}
			}
		}
		tests := t.read(bench).Status.FunctionalTests
		Expect(tests).To(HaveLen(len(functional.Suite())))
		for i, test := range functional.Suite() {
			Expect(tests[i].Name).To(Equal(test.Name))
			Expect(tests[i].Outcome).NotTo(Equal(v1alpha1.FunctionalPending))
			Expect(tests[i].Message).NotTo(BeEmpty())
		}
		Expect(outcome(bench, "benign-strategies-clean").Outcome).To(Equal(v1alpha1.FunctionalPass))
		Expect(outcome(bench, "ends-under-5s").Outcome).To(Equal(v1alpha1.FunctionalPass), "Pods are gone after 2 s")
		Expect(outcome(bench, "network-denied").Outcome).To(Equal(v1alpha1.FunctionalFail), "nothing was denied")
		Expect(t.condition(bench, v1alpha1.ConditionFunctionalTestsPassed)).To(Equal("False/TestFailed"))
		Expect(t.read(bench).Status.Decision).To(Equal(v1alpha1.DecisionDoNotUse))
		Expect(t.condition(bench, v1alpha1.ConditionConclusive)).To(HavePrefix("False/"), "a smoke test")
	})

	It("repeats a run once whose infrastructure failed, and together those that belong together", func() {
		t.ends = func(run *v1alpha1.StrategyRun, status *runStatus) {
			expected(run, status)
			if run.Name == "unlucky-f-function" || run.Name == "unlucky-f-intruder" {
				setEnd(status, v1alpha1.VerdictNodeDisrupted, "the node was drained")
			}
		}
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "unlucky").Iterations(2).Suite())
		t.drive(bench)
		all, _ := t.runs(bench)
		repeated := slices.DeleteFunc(names(all), func(name string) bool { return !strings.HasSuffix(name, "-r1") })
		Expect(repeated).To(ConsistOf("unlucky-f-function-r1", "unlucky-f-together-a-r1", "unlucky-f-together-b-r1", "unlucky-f-intruder-r1"))
		Expect(outcome(bench, "executes-and-collects").Outcome).To(Equal(v1alpha1.FunctionalPass))
	})

	It("goes on with another manager, which executes nothing again that was seen to its end", func() {
		t.ends = expected
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "handed-over").Iterations(2).Suite())
		t.drive(bench, func() bool { all, open := t.runs(bench); return len(all) == 5 && len(open) == 0 })
		t.step(bench)
		t.restart()
		t.drive(bench)
		Expect(t.finished(bench)).To(Equal("True/Decided"))
		all, _ := t.runs(bench)
		Expect(len(all)).To(BeNumerically("<=", len(slices.Concat(functional.Batches()...))+4+1), "at most the one under way")
		Expect(outcome(bench, "ends-under-5s").Outcome).To(Equal(v1alpha1.FunctionalPass), "the end was remembered")
	})

	// leaving starts a benchmark of which one functional test is open, and the others passed.
	leaving := func(bench *v1alpha1.Benchmark, open string) {
		t.passSuite(bench)
		current := t.read(bench)
		before := current.DeepCopy()
		for i := range current.Status.FunctionalTests {
			if current.Status.FunctionalTests[i].Name == open {
				current.Status.FunctionalTests[i].Outcome = v1alpha1.FunctionalPending
			}
		}
		Expect(kube.Status().Patch(t.ctx, current, client.MergeFrom(before))).To(Succeed())
	}

	DescribeTable("ends the benchmark without a decision when something else than the sandbox failed twice",
		func(verdict v1alpha1.Verdict, executions int) {
			t.ends = func(_ *v1alpha1.StrategyRun, status *runStatus) { setEnd(status, verdict, "as it is") }
			bench := t.propose(testutil.MakeBenchmark(t.namespace, "disturbed").Applied())
			leaving(bench, "memory-limit")
			t.drive(bench)
			Expect(t.finished(bench)).To(Equal("True/TestsDisturbed"))
			Expect(t.message(bench, v1alpha1.ConditionFinished)).To(ContainSubstring(
				"functional test memory-limit could not be judged, because something else than the sandbox failed: run oom ended " + string(verdict) + ", expected OOMKilled: as it is"))
			Expect(outcome(bench, "memory-limit").Outcome).To(Equal(v1alpha1.FunctionalDisturbed))
			Expect(t.condition(bench, v1alpha1.ConditionFunctionalTestsPassed)).To(Equal("Unknown/TestsDisturbed"))
			Expect(t.condition(bench, v1alpha1.ConditionConclusive)).To(Equal("False/TestsDisturbed"))
			Expect(t.condition(bench, v1alpha1.ConditionApplied)).To(Equal("False/NotConclusive"))
			Expect(t.read(bench).Status.Decision).To(BeEmpty())
			all, _ := t.runs(bench)
			Expect(all).To(HaveLen(executions), "and no pair")
		},
		Entry("a Pod that was lost", v1alpha1.VerdictPodLost, 2),
		Entry("a quota", v1alpha1.VerdictPodRejected, 2),
		Entry("an image", v1alpha1.VerdictImagePullFailed, 2),
		Entry("a node without room", v1alpha1.VerdictStartDeadlineExceeded, 2),
		Entry("somebody who cancels runs", v1alpha1.VerdictCancelled, 2),
		Entry("a run that is not accepted", v1alpha1.VerdictNotAccepted, 1),
	)

	It("ends the benchmark without a decision when runs are twice not executed at the same time", func() {
		t.ends = func(run *v1alpha1.StrategyRun, status *runStatus) {
			expected(run, status)
			if strings.Contains(run.Name, "-f-intruder") {
				for _, name := range []string{"openat", "kill", "process_vm_readv", "shmget", "socket"} {
					status.Violations = append(status.Violations, v1alpha1.Violation{Syscall: name, Count: ptr.To(int64(1))})
				}
			}
		}
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "apart").Suite())
		leaving(bench, "concurrent-runs-isolated")
		t.drive(bench)
		Expect(t.finished(bench)).To(Equal("True/TestsDisturbed"))
		Expect(t.message(bench, v1alpha1.ConditionFinished)).To(ContainSubstring("were not executed at the same time"))
		all, _ := t.runs(bench)
		Expect(names(all)).To(ConsistOf("apart-f-alone", "apart-f-together-a", "apart-f-together-b", "apart-f-intruder",
			"apart-f-together-a-r1", "apart-f-together-b-r1", "apart-f-intruder-r1"))
	})

	It("decides against a sandbox that the node does not have, whatever became of the other tests", func() {
		t.ends = func(run *v1alpha1.StrategyRun, status *runStatus) {
			expected(run, status)
			if strings.Contains(run.Name, "-f-oom") {
				setEnd(status, v1alpha1.VerdictSandboxUnsupported, "the kernel has no seccomp")
			}
			if strings.Contains(run.Name, "-f-raises") {
				setEnd(status, v1alpha1.VerdictPodLost, "")
			}
		}
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "unsupported").Suite().Iterations(20))
		t.drive(bench)
		Expect(t.finished(bench)).To(Equal("True/Decided"))
		Expect(t.read(bench).Status.Decision).To(Equal(v1alpha1.DecisionDoNotUse))
		Expect(outcome(bench, "failure-message").Outcome).To(Equal(v1alpha1.FunctionalDisturbed))
		Expect(outcome(bench, "memory-limit").Outcome).To(Equal(v1alpha1.FunctionalFail))
		Expect(t.condition(bench, v1alpha1.ConditionConclusive)).To(Equal("True/Conclusive"))
	})

	It("ends without a decision where an upgrade of the operator brings another list of tests", func() {
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "upgraded").Applied())
		t.step(bench)
		current := t.read(bench)
		before := current.DeepCopy()
		current.Status.FunctionalTests[0].Name = "a-test-of-yesterday"
		Expect(kube.Status().Patch(t.ctx, current, client.MergeFrom(before))).To(Succeed())
		t.drive(bench)
		Expect(t.finished(bench)).To(Equal("True/TestsDisturbed"))
		Expect(t.message(bench, v1alpha1.ConditionFinished)).To(ContainSubstring("the operator was upgraded in between"))
		Expect(t.read(bench).Status.Decision).To(BeEmpty())
	})

	It("ends without a decision where an upgrade of the operator brings another probe", func() {
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "reworded").Applied())
		t.step(bench)
		Expect(kube.Create(t.ctx, ownedRun(bench, "reworded-f-raises", "raise ValueError\n"))).To(Succeed())
		t.drive(bench)
		Expect(t.finished(bench)).To(Equal("True/TestsDisturbed"))
		Expect(t.message(bench, v1alpha1.ConditionFinished)).To(ContainSubstring("the operator was upgraded in between"))
	})

	It("pauses between batches", func() {
		t.ends = expected
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "paused").Iterations(2).Suite())
		t.drive(bench, func() bool { all, _ := t.runs(bench); return len(all) == 3 })
		t.edit(bench, func(spec *benchmarkSpec) { spec.Suspend = ptr.To(true) })
		t.drive(bench)
		Expect(t.finished(bench)).To(Equal("False/Suspended"))
		all, open := t.runs(bench)
		Expect(all).To(HaveLen(3))
		Expect(open).To(BeEmpty())
		t.edit(bench, func(spec *benchmarkSpec) { spec.Suspend = ptr.To(false) })
		t.step(bench)
		Expect(t.finished(bench)).To(Equal("False/Testing"))
		t.drive(bench)
		Expect(t.finished(bench)).To(Equal("True/Decided"))
	})

	It("ends with the benchmark when that is cancelled", func() {
		t.took = func(*v1alpha1.StrategyRun) time.Duration { return time.Minute }
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "cancelled").Suite())
		t.step(bench)
		t.step(bench)
		_, open := t.runs(bench)
		Expect(open).To(HaveLen(1))
		t.edit(bench, func(spec *benchmarkSpec) { spec.Cancel = ptr.To(true) })
		t.step(bench)
		Expect(t.finished(bench)).To(Equal("True/Cancelled"))
		Expect(t.condition(bench, v1alpha1.ConditionFunctionalTestsPassed)).To(Equal("Unknown/Cancelled"))
		Expect(t.world.read(&open[0]).Spec.Cancel).To(HaveValue(BeTrue()))
	})
})
