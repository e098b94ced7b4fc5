package integration

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
	"github.com/stratbox/stratbox/internal/testutil"
)

type runStatus = v1alpha1.StrategyRunStatus

// falsify changes what was measured behind the manager's back.
func falsify(configMap *corev1.ConfigMap, change func(*overhead.Samples)) {
	GinkgoHelper()
	Expect(kube.Get(context.Background(), client.ObjectKeyFromObject(configMap), configMap)).To(Succeed())
	samples, err := overhead.Decode(configMap.Data, configMap.BinaryData)
	Expect(err).NotTo(HaveOccurred())
	change(samples)
	data, _, err := overhead.Encode(samples)
	Expect(err).NotTo(HaveOccurred())
	rewrite(configMap, data[overhead.SamplesKey])
}

var _ = Describe("A pair of a benchmark", func() {
	var t *track

	BeforeEach(func() { t = newTrack() })

	const second = "mixed-p0001-"

	DescribeTable("does not count, and the benchmark goes on",
		func(half string, disturb func(*v1alpha1.StrategyRun, *runStatus), want v1alpha1.Exclusion) {
			t.ends = func(run *v1alpha1.StrategyRun, status *runStatus) {
				if run.Name == second+half {
					disturb(run, status)
				}
			}
			bench := t.propose(testutil.MakeBenchmark(t.namespace, "mixed").Iterations(4))
			t.drive(bench)
			Expect(t.finished(bench)).To(Equal("True/Decided"))
			status := t.read(bench).Status
			Expect(status.Statistics.ValidPairs).To(HaveValue(Equal(int32(3))))
			Expect(status.Statistics.ExcludedPairs).To(HaveValue(Equal(int32(1))))
			want.Pair = ptr.To(int32(1))
			Expect(status.Exclusions).To(HaveLen(1))
			Expect(status.Exclusions[0].Message).To(ContainSubstring(want.Message))
			want.Message = status.Exclusions[0].Message
			Expect(status.Exclusions[0]).To(Equal(want))
			Expect(t.samples(bench).Pairs).To(HaveLen(4))
			all, _ := t.runs(bench)
			Expect(all).To(HaveLen(8), "nothing is repeated")
		},
		Entry("when its sandboxed half fails", "sandbox", func(_ *v1alpha1.StrategyRun, status *runStatus) {
			setEnd(status, v1alpha1.VerdictOOMKilled, "the strategy used more than 512Mi\x1b[31m")
		}, v1alpha1.Exclusion{Mode: v1alpha1.ModeSandbox, Reason: "OOMKilled", Message: "more than 512Mi [31m"}),
		Entry("when its other half fails", "baseline", func(_ *v1alpha1.StrategyRun, status *runStatus) {
			setEnd(status, v1alpha1.VerdictStrategyError, "line 3: ValueError")
			status.Result = nil
		}, v1alpha1.Exclusion{Mode: v1alpha1.ModeASTOnly, Reason: "StrategyError", Message: "line 3: ValueError"}),
		Entry("when its halves read different data", "baseline", func(_ *v1alpha1.StrategyRun, status *runStatus) {
			status.Environment.Dataset = "sha256:other"
		}, v1alpha1.Exclusion{Reason: "DatasetDiffers", Message: "sha256:other"}),
		Entry("when a half was executed otherwise than it was to be", "sandbox", func(_ *v1alpha1.StrategyRun, status *runStatus) {
			status.ExecutedMode = v1alpha1.ModeASTOnly
		}, v1alpha1.Exclusion{Mode: v1alpha1.ModeSandbox, Reason: "WrongMode", Message: "in mode ASTOnly, not Sandbox"}),
		Entry("when a half was executed twice", "sandbox", func(_ *v1alpha1.StrategyRun, status *runStatus) {
			again := status.Attempts[0]
			again.Index = ptr.To(int32(1))
			status.Attempts = append(status.Attempts, again)
		}, v1alpha1.Exclusion{Mode: v1alpha1.ModeSandbox, Reason: "Repeated", Message: "was executed 2 times"}),
		Entry("when a half is not accepted any more", "baseline", func(_ *v1alpha1.StrategyRun, status *runStatus) {
			setEnd(status, v1alpha1.VerdictNotAccepted, "there is no executor")
			status.Result, status.Attempts, status.Environment = nil, nil, nil
		}, v1alpha1.Exclusion{Mode: v1alpha1.ModeASTOnly, Reason: "NotAccepted", Message: "there is no executor"}),
	)

	DescribeTable("of which somebody deletes a run does not count, and is not repeated",
		func(position int) {
			bench := t.propose(testutil.MakeBenchmark(t.namespace, "robbed").Iterations(3))
			var deleted v1alpha1.StrategyRun
			seen := 0
			t.drive(bench, func() bool {
				_, open := t.runs(bench)
				if len(open) == 0 {
					return false
				}
				if seen++; seen == position {
					deleted = open[0]
					Expect(kube.Delete(t.ctx, &deleted)).To(Succeed())
				}
				return false
			})
			Expect(t.finished(bench)).To(Equal("True/Decided"))
			exclusions := t.read(bench).Status.Exclusions
			Expect(exclusions).To(HaveLen(1))
			Expect(exclusions[0].Reason).To(Equal("RunDeleted"))
			Expect(exclusions[0].Mode).To(Equal(deleted.Spec.Mode))
			Expect(exclusions[0].Message).To(ContainSubstring(deleted.Name))
			all, _ := t.runs(bench)
			Expect(all).To(HaveLen(5))
		},
		Entry("the first half", 3),
		Entry("the second half", 4),
	)

	It("is counted although its first run was deleted while no manager was there to see it", func() {
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "unseen").Iterations(2))
		for range 2 {
			t.step(bench)
		}
		_, open := t.runs(bench)
		t.end(&open[0])
		t.step(bench)
		Expect(kube.Delete(t.ctx, &open[0])).To(Succeed())
		t.restart()
		t.drive(bench)
		Expect(t.finished(bench)).To(Equal("True/Decided"))
		Expect(t.read(bench).Status.Exclusions).To(HaveExactElements(HaveField("Reason", "RunDeleted")))
	})

	It("has no end of a Pod that nobody saw go", func() {
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "successor").Iterations(2))
		run := v1alpha1.StrategyRun{}
		for run.Spec.Mode != v1alpha1.ModeSandbox {
			for open := []v1alpha1.StrategyRun(nil); len(open) == 0; _, open = t.runs(bench) {
				t.step(bench)
			}
			_, open := t.runs(bench)
			run = open[0]
			if run.Spec.Mode != v1alpha1.ModeSandbox {
				t.end(&run)
			}
		}
		t.restart()
		t.end(&run)
		t.drive(bench)
		pairs := t.samples(bench).Pairs
		Expect(pairs[0].Excluded).To(BeNil())
		Expect(pairs[0].Sandbox.Times.End).To(BeNil())
		Expect(pairs[1].Sandbox.Times.End).NotTo(BeNil())
	})

	DescribeTable("with a strategy that the gate rejects ends the benchmark without a decision",
		func(warmup int32, runs int) {
			t.ends = func(_ *v1alpha1.StrategyRun, status *runStatus) {
				setEnd(status, v1alpha1.VerdictASTRejected, "line 4: import of os is not allowed")
				status.Gate = &v1alpha1.GateFinding{Rule: "import-not-allowed", Line: ptr.To(int32(4)), Message: "import of os is not allowed"}
			}
			bench := t.propose(testutil.MakeBenchmark(t.namespace, "rejected").With(func(spec *benchmarkSpec) { spec.Warmup = &warmup }))
			t.drive(bench)
			Expect(t.finished(bench)).To(Equal("True/StrategyRejected"))
			Expect(t.message(bench, v1alpha1.ConditionFinished)).To(Equal(
				`the gate rejects strategy "honest": rule import-not-allowed, line 4: import of os is not allowed`))
			Expect(t.read(bench).Status.Decision).To(BeEmpty())
			all, _ := t.runs(bench)
			Expect(all).To(HaveLen(runs))
		},
		Entry("while it warms up", int32(1), 1),
		Entry("in a measured pair", int32(0), 1),
	)

	It("that is not accepted at all ends the benchmark with the reason", func() {
		t.ends = func(run *v1alpha1.StrategyRun, status *runStatus) {
			if run.Spec.Mode == v1alpha1.ModeASTOnly {
				setEnd(status, v1alpha1.VerdictNotAccepted, "")
				status.Conditions = append(status.Conditions, metav1.Condition{
					Type: v1alpha1.ConditionAccepted, Status: metav1.ConditionFalse, Reason: v1alpha1.ReasonModeNotAvailable,
					Message: "spec.mode ASTOnly is not available in this installation", LastTransitionTime: metav1.NewTime(t.clock.Now()),
				})
			}
		}
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "no-executor"))
		t.drive(bench)
		Expect(t.finished(bench)).To(Equal("True/ModeNotAvailable"))
		Expect(t.message(bench, v1alpha1.ConditionFinished)).To(ContainSubstring("no-executor-p0000-baseline"))
	})

	It("is one of more when the first do not decide", func() {
		// Around the first threshold, so that no interval lies inside a band.
		t.took = func(run *v1alpha1.StrategyRun) time.Duration {
			if run.Spec.Mode != v1alpha1.ModeSandbox {
				return 4 * time.Second
			}
			return 6*time.Second + time.Duration(int(run.Name[len(run.Name)-len("0-sandbox")])%2*2-1)*2*time.Second
		}
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "extended").Suite().With(func(spec *benchmarkSpec) {
			spec.MaxIterations = ptr.To(int32(50))
		}))
		t.passSuite(bench)
		t.drive(bench, func() bool { return t.read(bench).Status.Progress.Pairs == "20/40" })
		status := t.read(bench).Status
		Expect(status.Progress.Pairs).To(Equal("20/40"))
		Expect(status.Decision).To(BeEmpty(), "before its end")
		Expect(status.Statistics.Looks).To(HaveValue(Equal(int32(1))))
		Expect(status.Statistics.PlannedLooks).To(HaveValue(Equal(int32(3))))
		t.drive(bench)
		Expect(t.finished(bench)).To(Equal("True/Decided"))
		status = t.read(bench).Status
		Expect(status.Progress.Pairs).To(Equal("50/50"))
		Expect(t.condition(bench, v1alpha1.ConditionConclusive)).To(Equal("False/IntervalStraddles"))
		Expect(status.Samples).To(HaveLen(20))
		Expect(t.samples(bench).Pairs).To(HaveLen(50))
	})

	It("is made up for by another one if it does not count", func() {
		t.ends = func(run *v1alpha1.StrategyRun, status *runStatus) {
			if run.Name == "unlucky-p0007-sandbox" {
				setEnd(status, v1alpha1.VerdictPodLost, "somebody deleted the Pod")
			}
		}
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "unlucky").Suite())
		t.passSuite(bench)
		t.drive(bench, func() bool { return t.read(bench).Status.Progress.Pairs == "8/21" })
		Expect(t.read(bench).Status.Progress.Pairs).To(Equal("8/21"))
		t.drive(bench)
		Expect(t.finished(bench)).To(Equal("True/Decided"))
		status := t.read(bench).Status
		Expect(status.Progress.Pairs).To(Equal("21/21"))
		Expect(status.Statistics.ValidPairs).To(HaveValue(Equal(int32(20))))
		Expect(status.Statistics.ExcludedPairs).To(HaveValue(Equal(int32(1))))
		Expect(t.condition(bench, v1alpha1.ConditionConclusive)).To(Equal("True/Conclusive"))
	})

	It("tells where it was measured", func() {
		node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node0"}}
		Expect(kube.Create(t.ctx, node)).To(Succeed())
		DeferCleanup(func() { Expect(kube.Delete(t.ctx, node)).To(Succeed()) })
		before := node.DeepCopy()
		node.Status.NodeInfo = corev1.NodeSystemInfo{
			KernelVersion: "6.1.0-39-amd64", ContainerRuntimeVersion: "containerd://2.2.0", KubeletVersion: "v1.37.2", Architecture: "amd64",
		}
		node.Status.Capacity = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("2")}
		Expect(kube.Status().Update(t.ctx, node)).To(Succeed())
		Expect(before.UID).To(Equal(node.UID))
		t.ends = func(_ *v1alpha1.StrategyRun, status *runStatus) {
			status.Environment.CPUModel, status.Environment.CgroupVersion, status.Environment.Speculation = "Some CPU", "v2", "thread mitigated"
		}
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "where").Iterations(2))
		t.drive(bench)
		Expect(t.read(bench).Status.Environment).To(HaveValue(Equal(v1alpha1.BenchmarkEnvironment{
			Node: "node0", Kernel: "6.1.0-39-amd64", Architecture: "amd64", ContainerRuntime: "containerd://2.2.0", Kubelet: "v1.37.2",
			CPUModel: "Some CPU", CPUs: "2", CgroupVersion: "v2", Speculation: "thread mitigated",
			Image: "stratbox.dev/runner@sha256:2c26", Profile: "stratbox/strategy-0123456789ab.json", Policy: "sha256:6030",
			Dataset: measuredDataset, Operator: "v0.0.0-test",
		})))
	})

	DescribeTable("is lost with the samples, and the benchmark says so",
		func(spoil func(*corev1.ConfigMap), message string) {
			bench := t.propose(testutil.MakeBenchmark(t.namespace, "spoiled").Iterations(4))
			t.drive(bench, func() bool {
				progress := t.read(bench).Status.Progress
				return progress != nil && progress.Pairs == "2/4"
			})
			configMap := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: t.namespace, Name: "spoiled-samples"}}
			spoil(configMap)
			t.drive(bench)
			Expect(t.finished(bench)).To(Equal("True/SamplesLost"))
			Expect(t.message(bench, v1alpha1.ConditionFinished)).To(ContainSubstring(message))
		},
		Entry("when their ConfigMap is deleted", func(configMap *corev1.ConfigMap) {
			Expect(kube.Delete(t.ctx, configMap)).To(Succeed())
		}, "ConfigMap spoiled-samples is gone, although 2 pairs were completed"),
		Entry("when somebody empties it", func(configMap *corev1.ConfigMap) { rewrite(configMap, "") }, "cannot be read"),
		Entry("when somebody shortens it", func(configMap *corev1.ConfigMap) { rewrite(configMap, `{"version":1,"pairs":[]}`) }, "holds 0 pairs"),
		Entry("when somebody lengthens it", func(configMap *corev1.ConfigMap) {
			falsify(configMap, func(samples *overhead.Samples) {
				samples.Pairs = append(samples.Pairs, samples.Pairs...)
			})
		}, "holds 4 pairs, although 2 pairs were completed: somebody changed it"),
		Entry("when it is another benchmark's", func(configMap *corev1.ConfigMap) {
			falsify(configMap, func(samples *overhead.Samples) { samples.Benchmark = "other" })
		}, `holds samples of benchmark "other" and seed 7`),
		Entry("when it is of another seed", func(configMap *corev1.ConfigMap) {
			falsify(configMap, func(samples *overhead.Samples) { samples.Seed = 8 })
		}, `holds samples of benchmark "spoiled" and seed 8`),
		Entry("when a pair has another number", func(configMap *corev1.ConfigMap) {
			falsify(configMap, func(samples *overhead.Samples) { samples.Pairs[1].Index = 0 })
		}, "holds another pair 1 than was planned"),
		Entry("when a pair is of other runs", func(configMap *corev1.ConfigMap) {
			falsify(configMap, func(samples *overhead.Samples) { samples.Pairs[0].Sandbox.Run = "spoiled-p0001-sandbox" })
		}, "holds another pair 0 than was planned"),
		Entry("when a pair was executed in another order", func(configMap *corev1.ConfigMap) {
			falsify(configMap, func(samples *overhead.Samples) {
				samples.Pairs[0].SandboxFirst = !samples.Pairs[0].SandboxFirst
			})
		}, "holds another pair 0 than was planned"),
	)
})
