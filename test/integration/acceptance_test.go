package integration

import (
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/testutil"
)

var _ = Describe("A run that cannot be executed as written", func() {
	var w *world

	BeforeEach(func() { w = newWorld() })

	DescribeTable("ends as NotAccepted and says what to do",
		func(build func(namespace string) *testutil.RunBuilder, reason, says string) {
			run := w.submit(build(w.namespace))
			w.step(run)
			Expect(w.condition(run, v1alpha1.ConditionAccepted)).To(Equal("False/" + reason))
			Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("True/NotAccepted"))
			Expect(w.condition(run, v1alpha1.ConditionSucceeded)).To(Equal("False/NotAccepted"))
			accepted := apimeta.FindStatusCondition(w.read(run).Status.Conditions, v1alpha1.ConditionAccepted)
			Expect(accepted.Message).To(ContainSubstring(says))
			Expect(w.read(run).Status.Attempts).To(BeEmpty())
			Expect(w.pods()).To(BeEmpty())
			Expect(w.announced()).To(HaveExactElements(And(HavePrefix("Warning NotAccepted "), ContainSubstring(says))))
		},
		Entry("a dataset that is not configured",
			func(ns string) *testutil.RunBuilder { return testutil.MakeRun(ns, "run").Dataset("us-daily") },
			"DatasetNotFound", `no dataset "us-daily"; use one of: tw-daily`),
		Entry("a ConfigMap that does not exist",
			func(ns string) *testutil.RunBuilder {
				return testutil.MakeRun(ns, "run").ConfigMap("nowhere", "main.py")
			},
			"SourceNotFound", `there is no ConfigMap "nowhere"`),
		Entry("ASTOnly, which this installation does not have",
			func(ns string) *testutil.RunBuilder { return testutil.MakeRun(ns, "run").Mode(v1alpha1.ModeASTOnly) },
			"ModeNotAvailable", "use Sandbox or Auto"),
	)

	It("ends as NotAccepted when the ConfigMap has no such key", func() {
		Expect(kube.Create(w.ctx, w.configMap(map[string]string{"other.py": testutil.Code}))).To(Succeed())
		run := w.submit(testutil.MakeRun(w.namespace, "run").ConfigMap("strategies", "main.py"))
		w.step(run)
		Expect(w.condition(run, v1alpha1.ConditionAccepted)).To(Equal("False/SourceNotFound"))
	})

	It("ends as NotAccepted when the ConfigMap holds one byte too many", func() {
		Expect(kube.Create(w.ctx, w.configMap(map[string]string{"main.py": strings.Repeat("#", 128<<10+1)}))).To(Succeed())
		run := w.submit(testutil.MakeRun(w.namespace, "run").ConfigMap("strategies", "main.py"))
		w.step(run)
		Expect(w.condition(run, v1alpha1.ConditionAccepted)).To(Equal("False/SourceTooLarge"))
	})

	It("mounts a ConfigMap of exactly 128 KiB", func() {
		Expect(kube.Create(w.ctx, w.configMap(map[string]string{"main.py": strings.Repeat("#", 128<<10)}))).To(Succeed())
		run := w.submit(testutil.MakeRun(w.namespace, "run").ConfigMap("strategies", "main.py"))
		w.step(run)
		Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("False/Running"))
		Expect(w.pod().Spec.Volumes[0].Projected.Sources[1].ConfigMap.Name).To(Equal("strategies"))
	})

	It("ends as NotAccepted when Auto means ASTOnly here", func() {
		w.settings.Config.Sandbox.Enabled = false
		run := w.submit(testutil.MakeRun(w.namespace, "run"))
		w.step(run)
		Expect(w.condition(run, v1alpha1.ConditionAccepted)).To(Equal("False/ModeNotAvailable"))
	})

	It("ends as NotAccepted when a stranger's Pod has the name of its Pod", func() {
		stranger := &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Namespace: w.newNamespace(nil), Name: "run-0"},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "i"}}},
		}
		Expect(kube.Create(w.ctx, stranger)).To(Succeed())
		run := w.submit(testutil.MakeRun(stranger.Namespace, "run"))
		w.step(run)
		Expect(w.condition(run, v1alpha1.ConditionAccepted)).To(Equal("False/NameTaken"))
		Expect(kube.Get(w.ctx, client.ObjectKeyFromObject(stranger), stranger)).To(Succeed())
		Expect(stranger.DeletionTimestamp).To(BeNil())
	})
})

var _ = Describe("A Pod that the cluster refuses", func() {
	var w *world

	BeforeEach(func() { w = newWorld() })

	It("ends the run as PodRejected with the words of the quota", func() {
		quota := &corev1.ResourceQuota{
			ObjectMeta: metav1.ObjectMeta{Namespace: w.namespace, Name: "small"},
			Spec:       corev1.ResourceQuotaSpec{Hard: corev1.ResourceList{corev1.ResourcePods: resource.MustParse("0")}},
		}
		Expect(kube.Create(w.ctx, quota)).To(Succeed())
		// The quota controller is not there to say what is used; the admission plugin waits for it.
		quota.Status = corev1.ResourceQuotaStatus{Hard: quota.Spec.Hard, Used: corev1.ResourceList{corev1.ResourcePods: resource.MustParse("0")}}
		Expect(kube.Status().Update(w.ctx, quota)).To(Succeed())
		run := w.submit(testutil.MakeRun(w.namespace, "run"))
		Eventually(func() string {
			// Admission reads the quota from a cache of its own.
			w.step(run)
			return w.condition(run, v1alpha1.ConditionFinished)
		}).WithTimeout(10 * time.Second).Should(Equal("True/PodRejected"))
		attempt := w.read(run).Status.Attempts[0]
		Expect(attempt.Message).To(ContainSubstring("exceeded quota: small"))
		Expect(attempt.Pod).To(BeEmpty())
	})

	It("ends the run as PodRejected with the words of a LimitRange", func() {
		Expect(kube.Create(w.ctx, &corev1.LimitRange{
			ObjectMeta: metav1.ObjectMeta{Namespace: w.namespace, Name: "small"},
			Spec: corev1.LimitRangeSpec{Limits: []corev1.LimitRangeItem{{
				Type: corev1.LimitTypeContainer, Max: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("1Gi")},
			}}},
		})).To(Succeed())
		run := w.submit(testutil.MakeRun(w.namespace, "run"))
		w.step(run)
		Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("True/PodRejected"))
		Expect(w.read(run).Status.Attempts[0].Message).To(ContainSubstring("maximum memory usage per Container is 1Gi"))
	})

	It("is no reason to give up when the API server could not be reached", func() {
		run := w.submit(testutil.MakeRun(w.namespace, "run"))
		w.calls.fault = func(_ int, call string) fault {
			if call == "create pods" {
				return notSent
			}
			return noFault
		}
		_, err := w.try(run)
		Expect(err).To(MatchError(ContainSubstring("create Pod run-0")))
		Expect(w.read(run).Status.Conditions).To(BeEmpty())
		w.calls.fault = nil
		w.step(run)
		Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("False/Running"))
	})
})

// configMap is the ConfigMap strategies of the world's namespace.
func (w *world) configMap(data map[string]string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: w.namespace, Name: "strategies"}, Data: data}
}
