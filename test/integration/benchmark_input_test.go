package integration

import (
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/testutil"
)

type benchmarkSpec = v1alpha1.BenchmarkSpec

// sources makes a ConfigMap of code.
func (t *track) sources(name string, data map[string]string) {
	GinkgoHelper()
	Expect(kube.Create(t.ctx, &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Namespace: t.namespace, Name: name, Labels: map[string]string{"generation": "12"}}, Data: data,
	})).To(Succeed())
}

// many are as many strategies.
func many(n int) map[string]string {
	data := map[string]string{"README.md": "not a strategy"}
	for i := range n {
		data[fmt.Sprintf("s%02d.py", i)] = testutil.Code
	}
	return data
}

func selecting(spec *benchmarkSpec) {
	spec.Strategies = nil
	spec.StrategySelector = &metav1.LabelSelector{MatchLabels: map[string]string{"generation": "12"}}
}

func fromConfigMap(spec *benchmarkSpec) {
	spec.Strategies[0].Source = v1alpha1.StrategySource{ConfigMapKeyRef: &v1alpha1.ConfigMapKeyReference{Name: "code", Key: "main.py"}}
}

var _ = Describe("A benchmark's input", func() {
	var t *track

	BeforeEach(func() { t = newTrack() })

	DescribeTable("that cannot be executed ends it at once, and says why",
		func(prepare func(), change func(*benchmarkSpec), reason, message string) {
			if prepare != nil {
				prepare()
			}
			bench := t.propose(testutil.MakeBenchmark(t.namespace, "hopeless").With(change))
			t.step(bench)
			Expect(t.finished(bench)).To(Equal("True/" + reason))
			Expect(t.message(bench, v1alpha1.ConditionFinished)).To(ContainSubstring(message))
			Expect(t.condition(bench, v1alpha1.ConditionConclusive)).To(Equal("False/" + reason))
			Expect(t.condition(bench, v1alpha1.ConditionApplied)).To(Equal("False/NotRequested"))
			Expect(t.announced()).To(HaveExactElements(HavePrefix("Warning " + reason + " ")))
			t.step(bench)
			Expect(t.calls.writes()).To(Equal([]string{"patch benchmarks/status"}))
		},
		Entry("an unknown dataset", nil, func(spec *benchmarkSpec) { spec.Dataset = "us-hourly" },
			"DatasetNotFound", `no dataset "us-hourly"; use one of: tw-daily`),
		Entry("a selector that selects nothing", nil, selecting, "NoStrategies", "no key that ends in .py"),
		Entry("a selector that selects no code", func() { t.sources("code", many(0)) }, selecting, "NoStrategies", "selects 1 ConfigMaps"),
		Entry("a selector that selects 17", func() { t.sources("code", many(17)) }, selecting, "TooManyStrategies", "selects 17 strategies, a benchmark has at most 16"),
		Entry("a ConfigMap that does not exist", nil, fromConfigMap, "SourceNotFound", `ConfigMap "code", which namespace`),
		Entry("a key that does not exist", func() { t.sources("code", many(1)) }, fromConfigMap, "SourceNotFound", `no code under key "main.py" of ConfigMap "code"`),
		Entry("code that is too large", func() {
			t.sources("code", map[string]string{"main.py": strings.Repeat("#", contract.MaxSourceBytes+1)})
		}, fromConfigMap, "SourceTooLarge", "131073 bytes, a strategy has at most 131072"),
		Entry("the name of somebody's ConfigMap", func() { t.sources("hopeless-samples", nil) }, func(*benchmarkSpec) {},
			"NameTaken", "ConfigMap hopeless-samples that is not this benchmark's"),
	)

	It("may be sixteen strategies in ConfigMaps, which pairs take in turn", func() {
		t.sources("code", many(16))
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "generation").Iterations(18).With(selecting))
		t.drive(bench)
		Expect(t.finished(bench)).To(Equal("True/Decided"))
		pairs := t.samples(bench).Pairs
		Expect(pairs[0].Strategy).To(Equal("code/s00.py"))
		Expect(pairs[15].Strategy).To(Equal("code/s15.py"))
		Expect(pairs[17].Strategy).To(Equal("code/s01.py"))
	})

	It("may become more while it is measured, which changes nothing", func() {
		t.sources("code", many(16))
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "growing").Iterations(3).With(selecting))
		t.drive(bench, func() bool {
			return t.read(bench).Status.Progress != nil && t.read(bench).Status.Progress.Pairs == "1/3"
		})
		t.sources("more", map[string]string{"main.py": testutil.Code})
		t.drive(bench)
		Expect(t.finished(bench)).To(Equal("True/Decided"))
	})

	It("must leave names of runs free that the cache does not show", func() {
		foreign := testutil.MakeRun(t.namespace, "hidden-p0000-sandbox").Obj()
		Expect(kube.Create(t.ctx, foreign)).To(Succeed())
		other := foreign.DeepCopy()
		other.ResourceVersion, other.UID, other.Name = "", "", "hidden-p0000-baseline"
		Expect(kube.Create(t.ctx, other)).To(Succeed())
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "hidden"))
		t.step(bench)
		t.blind()
		Expect(t.step(bench).RequeueAfter).To(Equal(time.Second))
		t.step(bench)
		Expect(t.finished(bench)).To(Equal("True/NameTaken"))
	})

	It("must not change while it is measured", func() {
		t.sources("code", map[string]string{"main.py": testutil.Code})
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "changing").Iterations(4).With(fromConfigMap))
		t.drive(bench, func() bool {
			return t.read(bench).Status.Progress != nil && t.read(bench).Status.Progress.Pairs == "1/4"
		})
		before, _ := t.runs(bench)
		Expect(kube.Update(t.ctx, &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{Namespace: t.namespace, Name: "code"}, Data: map[string]string{"main.py": "position = None\n"},
		})).To(Succeed())
		t.drive(bench)
		Expect(t.finished(bench)).To(Equal("True/StrategyChanged"))
		Expect(t.message(bench, v1alpha1.ConditionFinished)).To(ContainSubstring(`strategy "honest"`))
		after, _ := t.runs(bench)
		Expect(after).To(HaveLen(len(before)))
	})

	It("waits until the samples of an earlier benchmark of its name are gone", func() {
		earlier := t.propose(testutil.MakeBenchmark(t.namespace, "again").Iterations(2))
		t.drive(earlier)
		Expect(kube.Delete(t.ctx, earlier)).To(Succeed())
		Expect(kube.DeleteAllOf(t.ctx, &v1alpha1.StrategyRun{}, client.InNamespace(t.namespace))).To(Succeed())
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "again").Iterations(2))
		_, err := t.try(bench)
		Expect(err).To(MatchError(ContainSubstring("ConfigMap again-samples of an earlier benchmark of this name is not gone yet")))
		Expect(kube.Delete(t.ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: t.namespace, Name: "again-samples"}})).To(Succeed())
		t.drive(bench)
		Expect(t.finished(bench)).To(Equal("True/Decided"))
	})

	It("must leave names of runs free", func() {
		Expect(kube.Create(t.ctx, testutil.MakeRun(t.namespace, "taken-p0000-baseline").Obj())).To(Succeed())
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "taken"))
		t.drive(bench)
		Expect(t.finished(bench)).To(Equal("True/NameTaken"))
		Expect(t.message(bench, v1alpha1.ConditionFinished)).To(ContainSubstring("StrategyRun taken-p0000-baseline"))
	})

	It("waits until the runs of an earlier benchmark of its name are gone", func() {
		earlier := t.propose(testutil.MakeBenchmark(t.namespace, "again"))
		t.step(earlier)
		t.step(earlier)
		Expect(kube.Delete(t.ctx, earlier)).To(Succeed())
		t.step(earlier)
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "again").Iterations(2))
		t.step(bench)
		t.step(bench)
		left, _ := t.runs(bench)
		Expect(left).To(HaveLen(1))
		Expect(t.message(bench, v1alpha1.ConditionFinished)).To(ContainSubstring("waits until run " + left[0].Name))
		Expect(kube.Delete(t.ctx, &left[0])).To(Succeed())
		t.drive(bench)
		Expect(t.finished(bench)).To(Equal("True/Decided"))
	})

	DescribeTable("is refused by the API server",
		func(change func(*benchmarkSpec), message string) {
			err := kube.Create(t.ctx, testutil.MakeBenchmark(t.namespace, "refused").With(change).Obj())
			Expect(apierrors.IsInvalid(err)).To(BeTrue(), "%v", err)
			Expect(err).To(MatchError(ContainSubstring(message)))
		},
		Entry("one pair", func(spec *benchmarkSpec) { spec.Iterations = ptr.To(int32(1)) }, "greater than or equal to 2"),
		Entry("501 pairs", func(spec *benchmarkSpec) { spec.Iterations = ptr.To(int32(501)) }, "less than or equal to 500"),
		Entry("fewer pairs at most than at least", func(spec *benchmarkSpec) {
			spec.Iterations, spec.MaxIterations = ptr.To(int32(20)), ptr.To(int32(19))
		}, "spec.maxIterations must not be less than spec.iterations"),
		Entry("no strategy", func(spec *benchmarkSpec) { spec.Strategies = nil }, "set exactly one of spec.strategies and spec.strategySelector"),
		Entry("strategies twice over", func(spec *benchmarkSpec) { spec.StrategySelector = &metav1.LabelSelector{} },
			"set exactly one of spec.strategies and spec.strategySelector"),
		Entry("17 strategies", func(spec *benchmarkSpec) {
			for i := range 16 {
				spec.Strategies = append(spec.Strategies, v1alpha1.BenchmarkStrategy{Name: fmt.Sprint("s", i), Source: spec.Strategies[0].Source})
			}
		}, "must have at most 16 items"),
		Entry("a strategy without code", func(spec *benchmarkSpec) { spec.Strategies[0].Source = v1alpha1.StrategySource{} }, "spec.strategies[0].source: Required value"),
		Entry("two at a time", func(spec *benchmarkSpec) { spec.Parallelism = ptr.To(int32(2)) }, "less than or equal to 1"),
		Entry("eleven pairs to warm up", func(spec *benchmarkSpec) { spec.Warmup = ptr.To(int32(11)) }, "less than or equal to 10"),
		Entry("bands in the wrong order", func(spec *benchmarkSpec) {
			spec.Thresholds = v1alpha1.Thresholds{OptionalPercent: ptr.To(int32(100)), DocumentOnlyPercent: ptr.To(int32(100))}
		}, "spec.thresholds.optionalPercent must be less than"),
		Entry("Auto as the baseline", func(spec *benchmarkSpec) { spec.Baseline.Mode = v1alpha1.ModeAuto }, "spec.baseline.mode must be ASTOnly"),
		Entry("a decision applied that no functional test stands behind", func(spec *benchmarkSpec) { spec.ApplyDecision = v1alpha1.ApplyDecisionApply },
			"spec.applyDecision Apply needs spec.functionalSuite Enabled"),
		Entry("a self-test applied", func(spec *benchmarkSpec) {
			spec.ApplyDecision, spec.FunctionalSuite = v1alpha1.ApplyDecisionApply, v1alpha1.FunctionalSuiteEnabled
			spec.Baseline.Mode = v1alpha1.ModeSandbox
		}, "and spec.baseline.mode ASTOnly"),
	)

	It("may say nothing of what has a default", func() {
		bench := &v1alpha1.Benchmark{}
		bench.Namespace, bench.Name = t.namespace, "plain"
		bench.Spec.Dataset = "tw-daily"
		bench.Spec.Strategies = []v1alpha1.BenchmarkStrategy{{Name: "honest", Source: v1alpha1.StrategySource{Inline: testutil.Code}}}
		Expect(kube.Create(t.ctx, bench)).To(Succeed())
		Expect(bench.Spec).To(Equal(v1alpha1.BenchmarkSpec{
			Dataset: "tw-daily", Strategies: bench.Spec.Strategies,
			Iterations: ptr.To(int32(20)), Warmup: ptr.To(int32(1)), Parallelism: ptr.To(int32(1)),
			FunctionalSuite: v1alpha1.FunctionalSuiteEnabled, ApplyDecision: v1alpha1.ApplyDecisionNever, DeadlineSeconds: ptr.To(int32(14400)),
			Thresholds: v1alpha1.Thresholds{OptionalPercent: ptr.To(int32(50)), DocumentOnlyPercent: ptr.To(int32(100))},
			Baseline:   v1alpha1.Baseline{Mode: v1alpha1.ModeASTOnly, FloorMillis: ptr.To(int32(1000))},
		}))
		partly := testutil.MakeBenchmark(t.namespace, "partly").With(func(spec *benchmarkSpec) {
			spec.Thresholds.OptionalPercent, spec.Baseline.FloorMillis = ptr.To(int32(30)), ptr.To(int32(5))
		}).Obj()
		Expect(kube.Create(t.ctx, partly)).To(Succeed())
		Expect(partly.Spec.Thresholds.DocumentOnlyPercent).To(HaveValue(Equal(int32(100))))
		Expect(partly.Spec.Baseline.Mode).To(Equal(v1alpha1.ModeASTOnly))
	})

	It("has a name that names of runs have room for", func() {
		err := kube.Create(t.ctx, testutil.MakeBenchmark(t.namespace, strings.Repeat("n", 41)).Obj())
		Expect(err).To(MatchError(ContainSubstring("at most 40 characters")))
		bench := t.propose(testutil.MakeBenchmark(t.namespace, strings.Repeat("n", 40)).Iterations(2).With(func(spec *benchmarkSpec) {
			spec.Warmup = ptr.To(int32(1))
		}))
		t.drive(bench)
		Expect(t.finished(bench)).To(Equal("True/Decided"))
	})

	DescribeTable("cannot change later",
		func(change func(*benchmarkSpec)) {
			bench := t.propose(testutil.MakeBenchmark(t.namespace, "fixed"))
			current := t.read(bench)
			change(&current.Spec)
			Expect(kube.Update(t.ctx, current)).To(MatchError(ContainSubstring("cannot")))
		},
		Entry("strategies", func(spec *benchmarkSpec) { spec.Strategies[0].Source.Inline += "#" }),
		Entry("dataset", func(spec *benchmarkSpec) { spec.Dataset = "other" }),
		Entry("parameters", func(spec *benchmarkSpec) { spec.Parameters = map[string]string{"n": "1"} }),
		Entry("limits", func(spec *benchmarkSpec) { spec.Limits.DeadlineSeconds = ptr.To(int32(5)) }),
		Entry("iterations", func(spec *benchmarkSpec) { spec.Iterations = ptr.To(int32(21)) }),
		Entry("maxIterations", func(spec *benchmarkSpec) { spec.MaxIterations = ptr.To(int32(40)) }),
		Entry("warmup", func(spec *benchmarkSpec) { spec.Warmup = ptr.To(int32(2)) }),
		Entry("seed", func(spec *benchmarkSpec) { spec.Seed = ptr.To(int64(8)) }),
		Entry("functionalSuite", func(spec *benchmarkSpec) { spec.FunctionalSuite = v1alpha1.FunctionalSuiteEnabled }),
		Entry("thresholds", func(spec *benchmarkSpec) { spec.Thresholds.OptionalPercent = ptr.To(int32(99)) }),
		Entry("baseline", func(spec *benchmarkSpec) { spec.Baseline.FloorMillis = ptr.To(int32(1)) }),
		Entry("applyDecision, even where it could be asked for", func(spec *benchmarkSpec) {
			spec.ApplyDecision, spec.FunctionalSuite = v1alpha1.ApplyDecisionApply, v1alpha1.FunctionalSuiteEnabled
		}),
		Entry("deadlineSeconds", func(spec *benchmarkSpec) { spec.DeadlineSeconds = ptr.To(int32(61)) }),
	)

	DescribeTable("of the samples is accepted", func(file string) {
		for _, object := range manifests("samples", file) {
			object.SetNamespace(t.namespace)
			Expect(kube.Create(t.ctx, object)).To(Succeed())
			text, err := yaml.Marshal(object)
			Expect(err).NotTo(HaveOccurred())
			Expect(yaml.UnmarshalStrict(text, &v1alpha1.Benchmark{})).To(Succeed())
		}
	}, Entry("smoke", "benchmark_smoke.yaml"), Entry("validation", "benchmark_validation.yaml"))
})
