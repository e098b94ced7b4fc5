package integration

import (
	"encoding/json"
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/testutil"
)

var _ = Describe("The API server", func() {
	var w *world

	BeforeEach(func() { w = newWorld() })

	DescribeTable("refuses what cannot be meant, in a sentence that says what to write instead",
		func(change func(*v1alpha1.StrategyRun), says string) {
			run := testutil.MakeRun(w.namespace, "run").Obj()
			change(run)
			err := kube.Create(w.ctx, run)
			Expect(apierrors.IsInvalid(err)).To(BeTrue(), "%v", err)
			Expect(err.Error()).To(ContainSubstring(says))
		},
		Entry("a name of 61 characters", func(run *v1alpha1.StrategyRun) { run.Name = strings.Repeat("a", 61) },
			"metadata.name must have at most 60 characters, because Pods are named after it; put a longer name in spec.strategyID"),
		Entry("no source", func(run *v1alpha1.StrategyRun) { run.Spec.Source = v1alpha1.StrategySource{} }, "spec.source: Required value"),
		Entry("two sources", func(run *v1alpha1.StrategyRun) {
			run.Spec.Source.ConfigMapKeyRef = &v1alpha1.ConfigMapKeyReference{Name: "a", Key: "b"}
		}, "set exactly one of spec.source.inline and spec.source.configMapKeyRef"),
		Entry("an inline source of one character too many", func(run *v1alpha1.StrategyRun) {
			run.Spec.Source.Inline = strings.Repeat("#", 128<<10+1)
		}, "may not be more than 131072"),
		Entry("an inline source of too many bytes in fewer characters", func(run *v1alpha1.StrategyRun) {
			run.Spec.Source.Inline = strings.Repeat("價", 128<<10/3+1)
		}, "spec.source.inline must have at most 131072 bytes"),
		Entry("a ConfigMap without a name", func(run *v1alpha1.StrategyRun) {
			run.Spec.Source = v1alpha1.StrategySource{ConfigMapKeyRef: &v1alpha1.ConfigMapKeyReference{Key: "b"}}
		}, "spec.source.configMapKeyRef.name"),
		Entry("a ConfigMap's key with a slash", func(run *v1alpha1.StrategyRun) {
			run.Spec.Source = v1alpha1.StrategySource{ConfigMapKeyRef: &v1alpha1.ConfigMapKeyReference{Name: "a", Key: "../b"}}
		}, "spec.source.configMapKeyRef.key"),
		Entry("no dataset", func(run *v1alpha1.StrategyRun) { run.Spec.Dataset = "" }, "spec.dataset"),
		Entry("a dataset in capitals", func(run *v1alpha1.StrategyRun) { run.Spec.Dataset = "TW" }, "spec.dataset"),
		Entry("a mode there is not", func(run *v1alpha1.StrategyRun) { run.Spec.Mode = "Docker" }, `supported values: "Auto", "Sandbox", "ASTOnly"`),
		Entry("a fallback policy there is not", func(run *v1alpha1.StrategyRun) { run.Spec.Fallback.Policy = "Always" },
			`supported values: "SandboxFailure", "InfrastructureFailure", "Never"`),
		Entry("too little memory", memory("255Mi"), "spec.limits.memory must be between 256Mi and 64Gi"),
		Entry("too much memory", memory("65Gi"), "spec.limits.memory must be between 256Mi and 64Gi"),
		Entry("too little CPU", func(run *v1alpha1.StrategyRun) { *run = *testutil.MakeRun(run.Namespace, "run").CPU("99m").Obj() },
			"spec.limits.cpu must be between 100m and 64"),
		Entry("no time", func(run *v1alpha1.StrategyRun) { run.Spec.Limits.DeadlineSeconds = ptr.To(int32(0)) },
			"spec.limits.deadlineSeconds"),
		Entry("more than a day", func(run *v1alpha1.StrategyRun) { run.Spec.Limits.DeadlineSeconds = ptr.To(int32(86401)) },
			"spec.limits.deadlineSeconds"),
		Entry("a negative TTL", func(run *v1alpha1.StrategyRun) { run.Spec.TTLSecondsAfterFinished = ptr.To(int32(-1)) },
			"spec.ttlSecondsAfterFinished"),
		Entry("33 parameters", func(run *v1alpha1.StrategyRun) {
			run.Spec.Parameters = map[string]string{}
			for i := range 33 {
				run.Spec.Parameters[fmt.Sprint(i)] = "x"
			}
		}, "spec.parameters"),
		Entry("a parameter of 257 characters", func(run *v1alpha1.StrategyRun) {
			run.Spec.Parameters = map[string]string{"a": strings.Repeat("x", 257)}
		}, "a parameter's name has at most 63 and its value at most 256 characters"),
	)

	DescribeTable("takes what is just within bounds",
		func(change func(*v1alpha1.StrategyRun)) {
			run := testutil.MakeRun(w.namespace, "run").Obj()
			change(run)
			Expect(kube.Create(w.ctx, run)).To(Succeed())
		},
		Entry("a name of 60 characters", func(run *v1alpha1.StrategyRun) { run.Name = strings.Repeat("a", 60) }),
		Entry("a source of 131072 bytes", func(run *v1alpha1.StrategyRun) { run.Spec.Source.Inline = strings.Repeat("#", 128<<10) }),
		Entry("memory as bytes", memory("268435456")),
		Entry("64Gi", memory("64Gi")),
		Entry("a second", func(run *v1alpha1.StrategyRun) { run.Spec.Limits.DeadlineSeconds = ptr.To(int32(1)) }),
		Entry("a day", func(run *v1alpha1.StrategyRun) { run.Spec.Limits.CPUTimeSeconds = ptr.To(int32(86400)) }),
		Entry("a TTL of 0", func(run *v1alpha1.StrategyRun) { run.Spec.TTLSecondsAfterFinished = ptr.To(int32(0)) }),
	)

	DescribeTable("keeps what a run is for ever",
		func(change func(*v1alpha1.StrategyRun), says string) {
			run := w.submit(testutil.MakeRun(w.namespace, "run").StrategyID("gen1/a").Parameter("window", "20").Memory("1Gi"))
			before := run.DeepCopy()
			change(run)
			err := kube.Patch(w.ctx, run, client.MergeFrom(before))
			Expect(apierrors.IsInvalid(err)).To(BeTrue(), "%v", err)
			Expect(err.Error()).To(ContainSubstring(says + " cannot change; create another StrategyRun"))
		},
		Entry("its strategy's name", func(run *v1alpha1.StrategyRun) { run.Spec.StrategyID = "gen1/b" }, "spec.strategyID"),
		Entry("its strategy's name, by taking it away", func(run *v1alpha1.StrategyRun) { run.Spec.StrategyID = "" }, "spec.strategyID"),
		Entry("its code", func(run *v1alpha1.StrategyRun) { run.Spec.Source.Inline += "#" }, "spec.source"),
		Entry("its mode", func(run *v1alpha1.StrategyRun) { run.Spec.Mode = v1alpha1.ModeSandbox }, "spec.mode"),
		Entry("its dataset", func(run *v1alpha1.StrategyRun) { run.Spec.Dataset = "us-daily" }, "spec.dataset"),
		Entry("its parameters", func(run *v1alpha1.StrategyRun) { run.Spec.Parameters = map[string]string{"window": "30"} }, "spec.parameters"),
		Entry("its limits", memory("2Gi"), "spec.limits"),
		Entry("its limits, by adding one", func(run *v1alpha1.StrategyRun) { run.Spec.Limits.DeadlineSeconds = ptr.To(int32(5)) }, "spec.limits"),
		Entry("its fallback", func(run *v1alpha1.StrategyRun) { run.Spec.Fallback.Policy = v1alpha1.FallbackNever }, "spec.fallback"),
	)

	It("lets suspend, cancel and TTL change, and cancel never back", func() {
		run := w.submit(testutil.MakeRun(w.namespace, "run"))
		w.edit(run, func(run *v1alpha1.StrategyRun) { run.Spec.Suspend = ptr.To(true) })
		w.edit(run, func(run *v1alpha1.StrategyRun) { run.Spec.Suspend = ptr.To(false) })
		w.edit(run, func(run *v1alpha1.StrategyRun) { run.Spec.TTLSecondsAfterFinished = ptr.To(int32(5)) })
		w.edit(run, func(run *v1alpha1.StrategyRun) { run.Spec.Cancel = ptr.To(true) })
		before := w.read(run)
		after := before.DeepCopy()
		after.Spec.Cancel = nil
		Expect(kube.Patch(w.ctx, after, client.MergeFrom(before))).To(MatchError(ContainSubstring("spec.cancel cannot be taken back")))
	})

	It("finds runs by strategy, dataset and mode", func() {
		w.submit(testutil.MakeRun(w.namespace, "a").StrategyID("gen1/a"))
		w.submit(testutil.MakeRun(w.namespace, "b").StrategyID("gen1/b"))
		found := &v1alpha1.StrategyRunList{}
		Expect(kube.List(w.ctx, found, client.InNamespace(w.namespace), client.MatchingFields{"spec.strategyID": "gen1/b"})).To(Succeed())
		Expect(found.Items).To(HaveLen(1))
		Expect(kube.List(w.ctx, found, client.InNamespace(w.namespace), client.MatchingFields{"spec.dataset": "tw-daily"})).To(Succeed())
		Expect(found.Items).To(HaveLen(2))
	})

	It("prints a run on one line", func() {
		run := w.submit(testutil.MakeRun(w.namespace, "printed").StrategyID("gen1/printed"))
		Expect(w.columns("printed")).To(And(HaveKeyWithValue("Name", "printed"), HaveKeyWithValue("Verdict", BeNil()),
			HaveKeyWithValue("Node", BeNil())), "before anything is known")
		w.step(run)
		w.bind(w.pod())
		w.report(w.pod(), w.kubelet().Terminated(0, "Completed", testutil.MakeRecord(run.UID, 0).Completed().Text()))
		w.step(run)
		Expect(w.columns("printed")).To(And(
			HaveKeyWithValue("Verdict", "Completed"), HaveKeyWithValue("Mode", "Sandbox"), HaveKeyWithValue("Sharpe", "1.31"),
			HaveKeyWithValue("Return", "0.8412"), HaveKeyWithValue("Exec-ms", BeEquivalentTo(2210)), HaveKeyWithValue("Total-ms", Not(BeNil())),
			HaveKeyWithValue("Strategy", "gen1/printed"), HaveKeyWithValue("Node", "node0"),
			HaveKeyWithValue("Message", "the strategy ran for 2.21s and was scored"), HaveKey("Age")))
	})
})

func memory(quantity string) func(*v1alpha1.StrategyRun) {
	return func(run *v1alpha1.StrategyRun) {
		run.Spec.Limits.Memory = testutil.MakeRun("", "").Memory(quantity).Obj().Spec.Limits.Memory
	}
}

// columns asks for a run as kubectl get does and returns its cells by column.
func (w *world) columns(name string) map[string]any {
	GinkgoHelper()
	config := rest.CopyConfig(restConfig)
	config.GroupVersion, config.APIPath = &v1alpha1.GroupVersion, "/apis"
	config.NegotiatedSerializer = serializer.NewCodecFactory(runtime.NewScheme()).WithoutConversion()
	kubectl, err := rest.RESTClientFor(config)
	Expect(err).NotTo(HaveOccurred())
	text, err := kubectl.Get().Namespace(w.namespace).Resource("strategyruns").Name(name).
		SetHeader("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io").Do(w.ctx).Raw()
	Expect(err).NotTo(HaveOccurred())
	table := &metav1.Table{}
	Expect(json.Unmarshal(text, table)).To(Succeed())
	cells := map[string]any{}
	for i, column := range table.ColumnDefinitions {
		cells[column.Name] = table.Rows[0].Cells[i]
	}
	return cells
}
