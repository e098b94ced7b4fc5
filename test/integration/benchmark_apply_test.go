package integration

import (
	"context"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/config"
	"github.com/stratbox/stratbox/internal/testutil"
)

const written = "# ours\nsandbox:\n  enabled: true # until further notice\n"

// configure creates the operator's configuration.
func (t *track) configure(text string) *corev1.ConfigMap {
	GinkgoHelper()
	configMap := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Namespace: t.namespace, Name: "stratbox-config"}, Data: map[string]string{config.FileName: text},
	}
	Expect(kube.Create(t.ctx, configMap)).To(Succeed())
	return configMap
}

func (t *track) configuration() *corev1.ConfigMap {
	GinkgoHelper()
	configMap := &corev1.ConfigMap{}
	Expect(kube.Get(t.ctx, client.ObjectKey{Namespace: t.namespace, Name: "stratbox-config"}, configMap)).To(Succeed())
	return configMap
}

var _ = Describe("A decision", func() {
	var t *track

	BeforeEach(func() { t = newTrack() })

	costs := func(percent int) {
		t.took = func(run *v1alpha1.StrategyRun) time.Duration {
			took := 2*time.Second + time.Duration(int(run.UID[0])%7)*time.Millisecond
			if run.Spec.Mode == v1alpha1.ModeSandbox {
				took += took * time.Duration(percent) / 100
			}
			return took
		}
	}
	applied := func() *v1alpha1.Benchmark {
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "applied").Applied())
		t.passSuite(bench)
		return bench
	}

	DescribeTable("that is conclusive sets the switch",
		func(percent int, failed bool, decision v1alpha1.Decision, want string) {
			t.configure(written)
			costs(percent)
			bench := applied()
			if failed {
				current := t.read(bench)
				current.Status.FunctionalTests[3].Outcome = v1alpha1.FunctionalFail
				current.Status.FunctionalTests[3].Message = "it was not so"
				Expect(kube.Status().Update(t.ctx, current)).To(Succeed())
			}
			t.drive(bench)
			Expect(t.finished(bench)).To(Equal("True/Decided"))
			Expect(t.read(bench).Status.Decision).To(Equal(decision))
			Expect(t.condition(bench, v1alpha1.ConditionConclusive)).To(HavePrefix("True/"))
			Expect(t.condition(bench, v1alpha1.ConditionApplied)).To(Equal("True/Applied"))
			configMap := t.configuration()
			Expect(configMap.Data[config.FileName]).To(Equal(want), "comments stay")
			Expect(configMap.Data[config.StatusFileName]).To(ContainSubstring(string(decision)))
			Expect(t.announced()).To(HaveExactElements(ContainSubstring(" "+string(decision)+" "), HavePrefix("Normal Applied ")))
		},
		Entry("on where the sandbox costs little", 25, false, v1alpha1.DecisionEnableByDefault, written),
		Entry("off where it costs something", 75, false, v1alpha1.DecisionOptional, strings.Replace(written, "true", "false", 1)),
		Entry("off where it costs much", 150, false, v1alpha1.DecisionDocumentOnly, strings.Replace(written, "true", "false", 1)),
		Entry("off where it does not what it promises", 25, true, v1alpha1.DecisionDoNotUse, strings.Replace(written, "true", "false", 1)),
	)

	DescribeTable("leaves the switch alone",
		func(change func(*benchmarkSpec), prepare func(), reason string) {
			t.configure(written)
			costs(75)
			if prepare != nil {
				prepare()
			}
			bench := t.propose(testutil.MakeBenchmark(t.namespace, "kept").Applied().With(change))
			if !ptr.Deref(bench.Spec.Cancel, false) {
				t.passSuite(bench)
			}
			t.drive(bench)
			Expect(t.finished(bench)).To(HavePrefix("True/"))
			Expect(t.condition(bench, v1alpha1.ConditionApplied)).To(Equal("False/" + reason))
			configMap := t.configuration()
			Expect(configMap.Data).To(Equal(map[string]string{config.FileName: written}))
		},
		Entry("when nobody asked", func(spec *benchmarkSpec) { spec.ApplyDecision = v1alpha1.ApplyDecisionNever }, nil, "NotRequested"),
		Entry("after a smoke test", func(spec *benchmarkSpec) { spec.Iterations = ptr.To(int32(19)) }, nil, "NotConclusive"),
		Entry("after a self-test", func(spec *benchmarkSpec) {
			spec.Baseline.Mode, spec.ApplyDecision = v1alpha1.ModeSandbox, v1alpha1.ApplyDecisionNever
		}, nil, "NotRequested"),
		Entry("when a pair is missing", func(spec *benchmarkSpec) { spec.MaxIterations = ptr.To(int32(20)) }, func() {
			t.ends = func(run *v1alpha1.StrategyRun, status *runStatus) {
				if run.Name == "kept-p0004-sandbox" {
					setEnd(status, v1alpha1.VerdictPodLost, "the Pod is gone")
				}
			}
		}, "NotConclusive"),
		Entry("when the baseline is too short", func(spec *benchmarkSpec) { spec.Baseline.FloorMillis = ptr.To(int32(10_000)) }, nil, "NotConclusive"),
		Entry("when it was cancelled", func(spec *benchmarkSpec) { spec.Cancel = ptr.To(true) }, nil, "NotConclusive"),
	)

	It("never overwrites what somebody edits in between", func() {
		t.configure(written)
		costs(75)
		bench := applied()
		edits := 0
		t.calls.fault = func(_ int, call string) fault {
			// The manager has read the configuration and is about to write it.
			if call == "update configmaps" && strings.HasPrefix(t.read(bench).Status.Progress.Pairs, "19/") && edits < 3 {
				if t.samplesHold(bench, 20) {
					edits++
					configMap := t.configuration()
					configMap.Data[config.FileName] += "# edited " + strings.Repeat("again ", edits) + "\n"
					Expect(kube.Update(t.ctx, configMap)).To(Succeed())
				}
			}
			return noFault
		}
		t.drive(bench)
		Expect(edits).To(Equal(3))
		Expect(t.condition(bench, v1alpha1.ConditionApplied)).To(Equal("True/Applied"))
		Expect(t.configuration().Data[config.FileName]).To(Equal(strings.Replace(written, "true", "false", 1) +
			"# edited again \n# edited again again \n# edited again again again \n"))
	})

	It("is not applied again over what somebody set by hand after it", func() {
		t.configure(written)
		costs(75)
		bench := applied()
		lost := false
		t.calls.fault = func(_ int, call string) fault {
			if !lost && call == "update configmaps" && t.samplesHold(bench, 20) {
				lost = true
				return answerLost
			}
			return noFault
		}
		t.drive(bench, func() bool { return lost })
		Expect(t.finished(bench)).To(Equal("False/Measuring"))
		configMap := t.configuration()
		Expect(configMap.Data[config.FileName]).To(ContainSubstring("enabled: false"))
		configMap.Data[config.FileName] = written
		Expect(kube.Update(t.ctx, configMap)).To(Succeed())
		t.drive(bench)
		Expect(t.condition(bench, v1alpha1.ConditionApplied)).To(Equal("True/Applied"))
		Expect(t.configuration().Data[config.FileName]).To(Equal(written))
	})

	DescribeTable("that cannot be applied says why, and is a decision all the same",
		func(prepare func(), message string) {
			prepare()
			costs(75)
			bench := applied()
			t.drive(bench)
			Expect(t.finished(bench)).To(Equal("True/Decided"))
			Expect(t.read(bench).Status.Decision).To(Equal(v1alpha1.DecisionOptional))
			Expect(t.condition(bench, v1alpha1.ConditionApplied)).To(Equal("False/ApplyFailed"))
			Expect(t.message(bench, v1alpha1.ConditionApplied)).To(And(
				ContainSubstring("set sandbox.enabled to false in ConfigMap "+t.namespace+"/stratbox-config by hand"), ContainSubstring(message)))
			Expect(t.announced()).To(HaveExactElements(HavePrefix("Normal Optional "), HavePrefix("Warning ApplyFailed ")))
		},
		Entry("because there is no configuration", func() {}, "not found"),
		Entry("because a program cannot edit it", func() {
			t.configure("sandbox: &shared\n  enabled: &on true\nexecutor: {}\ngate: {mode: *mode}\n")
		}, "learning_system.yaml"),
		Entry("because it must not change", func() {
			configMap := t.configure(written)
			configMap.Immutable = ptr.To(true)
			Expect(kube.Update(t.ctx, configMap)).To(Succeed())
		}, "immutable"),
	)
})

// samplesHold reports whether a number of pairs is on record.
func (t *track) samplesHold(bench *v1alpha1.Benchmark, pairs int) bool {
	configMap := &corev1.ConfigMap{}
	err := kube.Get(context.Background(), client.ObjectKey{Namespace: bench.Namespace, Name: bench.Name + "-samples"}, configMap)
	return !apierrors.IsNotFound(err) && len(t.samples(bench).Pairs) == pairs
}
