package e2e

import (
	"context"
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	seccompprofile "github.com/stratbox/stratbox/config/seccomp"
	"github.com/stratbox/stratbox/internal/config"
	"github.com/stratbox/stratbox/internal/podspec"
)

// ofRunPods selects the creation of Pods in the namespace of runs.
func ofRunPods() *admissionv1.MatchResources {
	return &admissionv1.MatchResources{
		NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": runsNamespace}},
		ResourceRules: []admissionv1.NamedRuleWithOperations{{RuleWithOperations: admissionv1.RuleWithOperations{
			Operations: []admissionv1.OperationType{admissionv1.Create},
			Rule:       admissionv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"pods"}},
		}}},
	}
}

// alterPods makes the cluster change run Pods at their creation, as policies and webhooks of clusters do, for the rest of the spec.
func alterPods(ctx context.Context, operations ...string) {
	GinkgoHelper()
	const mark = "altered-for-a-test"
	patches := []string{`JSONPatch{op: "add", path: "/metadata/annotations/` + mark + `", value: "yes"}`}
	for _, operation := range operations {
		patches = append(patches, "JSONPatch"+operation)
	}
	name := fmt.Sprintf("e2e-alter-%d", runCounter.Add(1))
	// An alteration that the API server then refuses shows as a refusal.
	altered := func(ctx context.Context) bool {
		pod, err := tryPod(ctx)
		return err != nil || pod.Annotations[mark] != ""
	}
	// Policies reach the admission of the API server after a moment, and leave it after one.
	DeferCleanup(func(ctx context.Context) { Eventually(ctx, altered).WithArguments(ctx).Should(BeFalse()) })
	create(ctx, &admissionv1.MutatingAdmissionPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: admissionv1.MutatingAdmissionPolicySpec{
			MatchConstraints:   ofRunPods(),
			FailurePolicy:      ptr.To(admissionv1.Fail),
			ReinvocationPolicy: admissionv1.NeverReinvocationPolicy,
			Mutations: []admissionv1.Mutation{{
				PatchType: admissionv1.PatchTypeJSONPatch,
				JSONPatch: &admissionv1.JSONPatch{Expression: "[" + strings.Join(patches, ",\n") + "]"},
			}},
		},
	})
	create(ctx, &admissionv1.MutatingAdmissionPolicyBinding{
		ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: admissionv1.MutatingAdmissionPolicyBindingSpec{PolicyName: name},
	})
	Eventually(ctx, altered).WithArguments(ctx).Should(BeTrue())
}

// tryPod asks the API server what it would make of a run's Pod, without creating one.
func tryPod(ctx context.Context) (*corev1.Pod, error) {
	GinkgoHelper()
	settings := podspec.Settings{Config: config.Default(), SeccompProfile: seccompprofile.LocalhostProfile()}
	settings.Config.Datasets = map[string]config.Dataset{dataset: {PersistentVolumeClaim: &config.ClaimSource{ClaimName: dataset}}}
	run := newRun(functionStyle)
	run.UID = "00000000-0000-0000-0000-000000000000"
	pod, err := podspec.Build(run, 0, settings, time.Now())
	Expect(err).NotTo(HaveOccurred())
	return pod, cluster.Create(ctx, pod, client.DryRunAll)
}

// refusesPods waits until the API server refuses Pods of runs with these words.
func refusesPods(ctx context.Context, words string) {
	GinkgoHelper()
	Eventually(ctx, func() error { _, err := tryPod(ctx); return err }).Should(MatchError(ContainSubstring(words)))
}

// acceptsPodsAgain waits at the end of the spec until the API server accepts Pods of runs. Call it before what makes it refuse.
func acceptsPodsAgain() {
	DeferCleanup(func(ctx context.Context) {
		Eventually(ctx, func() error { _, err := tryPod(ctx); return err }).Should(Succeed())
	})
}

// create creates an object for the rest of the spec.
func create(ctx context.Context, object client.Object) {
	GinkgoHelper()
	Expect(cluster.Create(ctx, object)).To(Succeed())
	DeferCleanup(func(ctx context.Context) {
		Expect(client.IgnoreNotFound(cluster.Delete(ctx, object))).To(Succeed())
	})
}
