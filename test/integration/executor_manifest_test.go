package integration

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

var _ = Describe("The executor's manifests", func() {
	It("are taken without a warning, and make a Pod that restricted namespaces admit", func() {
		w := newWorld()
		strict := []client.CreateOption{client.DryRunAll, client.FieldValidation(metav1.FieldValidationStrict)}
		for _, file := range []string{"service_account.yaml", "service.yaml", "network_policy.yaml", "deployment.yaml"} {
			for _, object := range manifests("executor", file) {
				object.SetNamespace(w.namespace)
				Expect(kube.Create(w.ctx, object, strict...)).To(Succeed(), file)
			}
		}
		template, _, err := unstructured.NestedMap(manifests("executor", "deployment.yaml")[0].Object, "spec", "template", "spec")
		Expect(err).NotTo(HaveOccurred())
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "executor", Namespace: w.namespace}}
		Expect(runtime.DefaultUnstructuredConverter.FromUnstructured(template, &pod.Spec)).To(Succeed())
		Expect(kube.Create(w.ctx, pod, strict...)).To(Succeed())
		Expect(*pod.Spec.AutomountServiceAccountToken).To(BeFalse())
	})
})
