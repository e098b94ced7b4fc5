package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
	"github.com/stratbox/stratbox/internal/report"
)

var _ = Describe("A benchmark", Ordered, ContinueOnFailure, func() {
	It("of five pairs measures, decides nothing and changes nothing", func(ctx SpecContext) {
		restoreConfiguration(ctx)
		before := configurationText(ctx)
		bench := measured(ctx, sampleBenchmark("benchmark_smoke.yaml"), 5*time.Minute)
		expectCondition(bench, v1alpha1.ConditionFinished, "True", v1alpha1.ReasonDecided)
		expectCondition(bench, v1alpha1.ConditionConclusive, "False", v1alpha1.ReasonSmokeTest)
		Expect(bench.Status.Progress.Pairs).To(Equal("5/5"))
		Expect(*bench.Status.Statistics.ValidPairs).To(BeEquivalentTo(5), "exclusions: %+v", bench.Status.Exclusions)
		Expect(configurationText(ctx)).To(Equal(before))
	})

	It("of twenty pairs decides what its samples say, and the next run obeys", func(ctx SpecContext) {
		restoreConfiguration(ctx)
		applyConfiguration(ctx, func(text string) string { return strings.Replace(text, "enabled: true", "enabled: false", 1) })
		wanted := sampleBenchmark("benchmark_validation.yaml")
		wanted.Spec.ApplyDecision = v1alpha1.ApplyDecisionApply
		wanted.Spec.MaxIterations = nil
		// Whatever a busy machine measures is below this, and conclusive: what is shown here is that it is applied.
		wanted.Spec.Thresholds = v1alpha1.Thresholds{OptionalPercent: ptr.To(int32(9000)), DocumentOnlyPercent: ptr.To(int32(10000))}
		bench := measured(ctx, wanted, 15*time.Minute)
		expectCondition(bench, v1alpha1.ConditionFinished, "True", v1alpha1.ReasonDecided)
		Expect(bench.Status.FunctionalTests).NotTo(BeEmpty())
		for _, test := range bench.Status.FunctionalTests {
			Expect(test.Outcome).To(Equal(v1alpha1.FunctionalPass), "%s: %s", test.Name, test.Message)
		}

		By("counting every pair")
		statistics := bench.Status.Statistics
		Expect(*statistics.ValidPairs).To(BeEquivalentTo(20), "exclusions: %+v", bench.Status.Exclusions)
		Expect(*statistics.ExcludedPairs).To(BeZero())
		for _, half := range []*v1alpha1.HalfStatistics{statistics.Sandbox, statistics.Baseline} {
			Expect([]int32{*half.Runs, *half.Succeeded}).To(Equal([]int32{20, 20}))
		}

		By("computing the figures anew from the raw samples, without the operator's code")
		anew := recomputed(ctx, bench)
		Expect(bench.Status.Decision).To(BeEquivalentTo(anew.Decision))
		Expect(apimeta.IsStatusConditionTrue(bench.Status.Conditions, v1alpha1.ConditionConclusive)).To(Equal(anew.Conclusive))
		Expect(anew.Conclusive).To(BeTrue(), bench.Status.Rationale)
		expectPercent(statistics.OverheadPercent, anew.Overhead)
		expectPercent(statistics.Paired.Percent, *anew.Paired.Percent)
		expectPercent(statistics.Paired.LowerPercent, *anew.Paired.Lower)
		expectPercent(statistics.Paired.UpperPercent, *anew.Paired.Upper)
		expectPercent(statistics.CPU.Percent, *anew.CPU.Percent)

		By("knowing what it was measured on")
		Expect(bench.Status.Environment).To(HaveValue(And(
			HaveField("Kernel", Not(BeEmpty())), HaveField("ContainerRuntime", ContainSubstring("containerd")),
			HaveField("Kubelet", Not(BeEmpty())), HaveField("CPUModel", Not(BeEmpty())), HaveField("CgroupVersion", MatchRegexp("v[12]")),
			HaveField("Speculation", Not(BeEmpty())), HaveField("Image", Not(BeEmpty())), HaveField("Profile", Not(BeEmpty())),
			HaveField("Policy", Not(BeEmpty())), HaveField("Dataset", Not(BeEmpty())), HaveField("Operator", Not(BeEmpty())))))

		By("applying the decision, which the next run obeys")
		expectCondition(bench, v1alpha1.ConditionApplied, "True", v1alpha1.ReasonApplied)
		Expect(configurationText(ctx)).To(ContainSubstring("enabled: true"))
		Expect(settings(ctx).Data).To(HaveKeyWithValue("STATUS.md", And(
			ContainSubstring(bench.Name), ContainSubstring(string(bench.Status.Decision)), ContainSubstring("kubectl"))))
		Eventually(ctx, func(g Gomega) {
			run := newRun(functionStyle, inMode(v1alpha1.ModeAuto))
			g.Expect(cluster.Create(ctx, run)).To(Succeed())
			ended := finished(ctx, run)
			g.Expect(cluster.Delete(ctx, run)).To(Succeed())
			g.Expect(ended.Status.ExecutedMode).To(Equal(v1alpha1.ModeSandbox))
		}).WithTimeout(time.Minute).Should(Succeed())
		keepReport(ctx, bench)
	})

	It("of a strategy that the gate rejects ends without a decision and names it", func(ctx SpecContext) {
		wanted := sampleBenchmark("benchmark_smoke.yaml")
		wanted.Spec.FunctionalSuite = v1alpha1.FunctionalSuiteDisabled
		wanted.Spec.Strategies = []v1alpha1.BenchmarkStrategy{{
			Name: "intruder", Source: v1alpha1.StrategySource{Inline: "import socket\n\ndef strategy(data):\n    return data\n"},
		}}
		bench := measured(ctx, wanted, 2*time.Minute)
		finished := expectCondition(bench, v1alpha1.ConditionFinished, "True", v1alpha1.ReasonStrategyRejected)
		Expect(finished.Message).To(And(ContainSubstring("intruder"), ContainSubstring("line 1")))
		Expect(bench.Status.Decision).To(BeEmpty())
	})
})

// sampleBenchmark is one of the samples, under a name of its own.
func sampleBenchmark(file string) *v1alpha1.Benchmark {
	GinkgoHelper()
	text, err := os.ReadFile(filepath.Join("..", "..", "config", "samples", file))
	Expect(err).NotTo(HaveOccurred())
	bench := &v1alpha1.Benchmark{}
	Expect(yaml.UnmarshalStrict(text, bench)).To(Succeed())
	bench.Name = "e2e-" + strconv.FormatInt(runCounter.Add(1), 10) + "-" + strconv.FormatInt(GinkgoRandomSeed(), 10)
	return bench
}

// measured creates a benchmark and waits until it is finished.
func measured(ctx context.Context, bench *v1alpha1.Benchmark, within time.Duration) *v1alpha1.Benchmark {
	GinkgoHelper()
	Expect(cluster.Create(ctx, bench)).To(Succeed())
	DeferCleanup(func(ctx context.Context) {
		Expect(client.IgnoreNotFound(cluster.Delete(ctx, bench.DeepCopy()))).To(Succeed())
	})
	ended := &v1alpha1.Benchmark{}
	Eventually(ctx, func(g Gomega) {
		g.Expect(cluster.Get(ctx, client.ObjectKeyFromObject(bench), ended)).To(Succeed())
		g.Expect(apimeta.IsStatusConditionTrue(ended.Status.Conditions, v1alpha1.ConditionFinished)).To(BeTrue(), "%+v", ended.Status)
	}).WithTimeout(within).WithPolling(time.Second).Should(Succeed())
	return ended
}

func expectCondition(bench *v1alpha1.Benchmark, kind, status, reason string) *metav1.Condition {
	GinkgoHelper()
	found := apimeta.FindStatusCondition(bench.Status.Conditions, kind)
	Expect(found).NotTo(BeNil(), "%s is absent: %+v", kind, bench.Status)
	Expect(string(found.Status)+" "+found.Reason).To(Equal(status+" "+reason), "%s: %s\n%+v", kind, found.Message, bench.Status.FunctionalTests)
	return found
}

// figures are what the independent computation says.
type figures struct {
	Overhead    float64 `json:"overheadPercent"`
	Paired, CPU struct{ Percent, Lower, Upper *float64 }
	Decision    string
	Conclusive  bool
}

// recomputed has a program that shares nothing with the operator compute the figures from the raw samples.
func recomputed(ctx context.Context, bench *v1alpha1.Benchmark) figures {
	GinkgoHelper()
	raw := &corev1.ConfigMap{}
	Expect(cluster.Get(ctx, client.ObjectKey{Namespace: bench.Namespace, Name: bench.Status.SamplesConfigMap}, raw)).To(Succeed())
	raw.Kind = "ConfigMap"
	text, err := json.Marshal(raw)
	Expect(err).NotTo(HaveOccurred())
	command := exec.CommandContext(ctx, filepath.Join("..", "..", "hack", "recompute-benchmark.py"), "--json", "--functional", "passed",
		"--optional", strconv.Itoa(int(*bench.Spec.Thresholds.OptionalPercent)),
		"--document-only", strconv.Itoa(int(*bench.Spec.Thresholds.DocumentOnlyPercent)))
	command.Stdin = bytes.NewReader(text)
	printed, err := command.Output()
	Expect(err).NotTo(HaveOccurred())
	var anew figures
	Expect(json.Unmarshal(printed, &anew)).To(Succeed())
	return anew
}

// expectPercent compares a figure of the status, which is rounded, with an exact one.
func expectPercent(text string, exact float64) {
	GinkgoHelper()
	value, err := strconv.ParseFloat(text, 64)
	Expect(err).NotTo(HaveOccurred())
	Expect(value).To(BeNumerically("~", exact, 0.0501))
}

// keepReport leaves what people read of it among the artefacts.
func keepReport(ctx context.Context, bench *v1alpha1.Benchmark) {
	GinkgoHelper()
	raw := &corev1.ConfigMap{}
	Expect(cluster.Get(ctx, client.ObjectKey{Namespace: bench.Namespace, Name: bench.Status.SamplesConfigMap}, raw)).To(Succeed())
	samples, err := overhead.Decode(raw.Data, raw.BinaryData)
	Expect(err).NotTo(HaveOccurred())
	for name, write := range map[string]func(io.Writer, *v1alpha1.Benchmark, overhead.Samples) error{
		"benchmark.html": report.HTML, "benchmark.md": report.Markdown, "benchmark.json": report.JSON, "benchmark.txt": report.Benchfmt,
	} {
		var text bytes.Buffer
		Expect(write(&text, bench, *samples)).To(Succeed())
		Expect(text.Len()).To(BeNumerically("<", 300<<10), name)
		Expect(os.MkdirAll(artifacts, 0o755)).To(Succeed())
		Expect(os.WriteFile(filepath.Join(artifacts, name), text.Bytes(), 0o644)).To(Succeed())
	}
}
