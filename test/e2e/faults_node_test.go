package e2e

import (
	"context"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

var _ = Describe("Something that is taken away", Serial, func() {
	It("the runner's image from the node makes runs fall back until it is there again", func(ctx SpecContext) {
		// Nothing answers at this registry, and says so at once.
		const image, kept = "127.0.0.1:1/runner:taken-away", "stratbox.dev/runner:dev"
		images := func(arguments ...string) {
			localnode(append([]string{"exec", "--", "ctr", "-n", "k8s.io", "images"}, arguments...)...)
		}
		images("tag", "--force", kept, image)
		DeferCleanup(images, "rm", image)
		configure(ctx, runnerImage(image))
		before := execute(ctx, functionStyle)
		expectVerdict(before, v1alpha1.VerdictCompleted)

		images("rm", image)
		plain := execute(ctx, functionStyle, startDeadline(4), fallingBack(v1alpha1.FallbackSandboxFailure))
		expectVerdict(plain, v1alpha1.VerdictCompleted)
		verdicts, _ := attemptsOf(plain)
		Expect(verdicts).To(Equal([]v1alpha1.Verdict{v1alpha1.VerdictImagePullFailed, v1alpha1.VerdictCompleted}))
		Expect(plain.Status.ExecutedMode).To(Equal(v1alpha1.ModeASTOnly))
		Expect(plain.Status.Result.Metrics).To(Equal(before.Status.Result.Metrics))

		images("tag", kept, image)
		expectVerdict(execute(ctx, functionStyle), v1alpha1.VerdictCompleted)
	})

	It("the namespace of runs under way takes them along, and no other run", func(ctx SpecContext) {
		namespace := newRunsNamespace(ctx)
		within := func(r *v1alpha1.StrategyRun) { r.Namespace = namespace }
		doomed := submit(ctx, endlessLoop, within, fallingBack(v1alpha1.FallbackSandboxFailure))
		plain := submit(ctx, endlessLoop, within, inMode(v1alpha1.ModeASTOnly), fallingBack(v1alpha1.FallbackSandboxFailure))
		elsewhere := submit(ctx, busyFor(6))
		pod := executing(ctx, doomed)
		attemptBegun(ctx, plain)
		executingASTOnly(ctx)
		executing(ctx, elsewhere)
		Expect(tracesOf(string(pod.UID))).NotTo(BeEmpty())

		Expect(cluster.Delete(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}})).To(Succeed())
		Eventually(ctx, func() bool {
			return apierrors.IsNotFound(cluster.Get(ctx, client.ObjectKey{Name: namespace}, &corev1.Namespace{}))
		}).Should(BeTrue())
		Eventually(func() []string { return tracesOf(string(pod.UID)) }).Should(BeEmpty())
		Eventually(func() []int { return processesOf(&podsOf(ctx, "stratbox-executor")[0], "/usr/bin/python3") }).Should(BeEmpty())
		expectVerdict(finished(ctx, elsewhere), v1alpha1.VerdictCompleted)

		before := failedReconciles(ctx)
		expectVerdict(execute(ctx, functionStyle), v1alpha1.VerdictCompleted)
		Expect(failedReconciles(ctx)).To(Equal(before), "the manager still tries something in the namespace")
	})
})

// newRunsNamespace makes a namespace for runs like the one there is, with the dataset.
func newRunsNamespace(ctx context.Context) string {
	GinkgoHelper()
	model := &corev1.Namespace{}
	Expect(cluster.Get(ctx, client.ObjectKey{Name: runsNamespace}, model)).To(Succeed())
	volume := &corev1.PersistentVolume{}
	Expect(cluster.Get(ctx, client.ObjectKey{Name: dataset}, volume)).To(Succeed())
	claim := &corev1.PersistentVolumeClaim{}
	Expect(cluster.Get(ctx, client.ObjectKey{Namespace: runsNamespace, Name: dataset}, claim)).To(Succeed())

	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "e2e-runs-", Labels: model.Labels}}
	delete(namespace.Labels, corev1.LabelMetadataName)
	create(ctx, namespace)
	volume.ObjectMeta = metav1.ObjectMeta{Name: namespace.Name}
	volume.Spec.ClaimRef = &corev1.ObjectReference{Namespace: namespace.Name, Name: dataset}
	create(ctx, volume)
	claim.ObjectMeta = metav1.ObjectMeta{Namespace: namespace.Name, Name: dataset}
	claim.Spec.VolumeName = volume.Name
	create(ctx, claim)
	return namespace.Name
}

// failedReconciles counts how often the manager has failed to do something for a run.
func failedReconciles(ctx context.Context) float64 {
	GinkgoHelper()
	series, err := managerSeries(ctx)
	Expect(err).NotTo(HaveOccurred())
	for name, value := range series {
		if strings.HasPrefix(name, "controller_runtime_reconcile_errors_total{") && strings.Contains(name, `controller="strategyrun"`) {
			return value
		}
	}
	Fail("the manager does not count its failures")
	return 0
}
