package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

var _ = Describe("The verdict is true when", Serial, func() {
	DescribeTable("on the node", bringAbout,
		Entry("the runner is killed", end{
			code: endlessLoop,
			during: func(_ context.Context, _ *v1alpha1.StrategyRun, pod *corev1.Pod) {
				send(runnerOf(pod), syscall.SIGKILL)
			},
			verdict: v1alpha1.VerdictRunnerFailed, says: "exit code 137 (Error), in phase", recording: "runner-killed",
		}),
		Entry("the runner is told to end", end{
			code: busyFor(60),
			during: func(ctx context.Context, _ *v1alpha1.StrategyRun, pod *corev1.Pod) {
				begun(ctx, pod)
				send(runnerOf(pod), syscall.SIGTERM)
			},
			verdict: v1alpha1.VerdictRunnerFailed, says: "in phase", recording: "runner-told-to-end",
		}),
		Entry("the strategy's process is killed", end{
			code: busyFor(60),
			during: func(ctx context.Context, _ *v1alpha1.StrategyRun, pod *corev1.Pod) {
				begun(ctx, pod)
				send(strategyOf(pod), syscall.SIGKILL)
			},
			verdict: v1alpha1.VerdictStrategyError, says: "crashed with SIGKILL", recording: "strategy-killed",
		}),
		Entry("the runner is stopped for ever, and the Pod's own deadline ends it", end{
			code: endlessLoop,
			during: func(ctx context.Context, _ *v1alpha1.StrategyRun, pod *corev1.Pod) {
				send(runnerOf(pod), syscall.SIGSTOP)
				shorter := pod.DeepCopy()
				*shorter.Spec.ActiveDeadlineSeconds = 5
				Expect(cluster.Patch(ctx, shorter, client.MergeFrom(pod))).To(Succeed())
			},
			verdict: v1alpha1.VerdictDeadlineExceeded, says: "the kubelet ended the Pod at its deadline", recording: "deadline-by-kubelet",
		}),
		Entry("the kubelet is killed and started again", end{
			code: busyFor(15),
			during: func(context.Context, *v1alpha1.StrategyRun, *corev1.Pod) {
				localnode("restart", "kubelet", "--signal", "KILL")
			},
			verdict: v1alpha1.VerdictCompleted, says: "was scored", recording: "kubelet-restarted",
		}),
		Entry("containerd is killed and started again", end{
			code: busyFor(15),
			during: func(context.Context, *v1alpha1.StrategyRun, *corev1.Pod) {
				localnode("restart", "containerd", "--signal", "KILL")
			},
			verdict: v1alpha1.VerdictCompleted, says: "was scored", recording: "containerd-restarted",
		}),
		Entry("memory runs short, and the kubelet evicts Pods", Label("slow"), end{
			code: endlessLoop,
			during: func(ctx context.Context, _ *v1alpha1.StrategyRun, pod *corev1.Pod) {
				// Every machine uses more than a hundredth of its memory. The manager is evicted, too.
				restore := changeKubelet("memory.available: 100Mi", "memory.available: 99%")
				DeferCleanup(restore)
				Eventually(ctx, func(g Gomega) {
					err := cluster.Get(ctx, client.ObjectKeyFromObject(pod), pod)
					g.Expect(err != nil || pod.Status.Reason == "Evicted").To(BeTrue(), "%+v", pod.Status)
				}).Should(Succeed())
				restore()
			},
			verdict: v1alpha1.VerdictNodeDisrupted, says: "low on resource: memory", recording: "evicted-for-the-node",
		}),
		Entry("the kubelet is gone", Label("slow"), end{
			code: endlessLoop,
			during: func(context.Context, *v1alpha1.StrategyRun, *corev1.Pod) {
				DeferCleanup(func() { localnode("start", "kubelet") })
				localnode("stop", "kubelet")
			},
			verdict: v1alpha1.VerdictNodeDisrupted, says: "DeletionByTaintManager", recording: "node-not-ready",
		}),
	)
})

// changeKubelet changes the kubelet's settings and returns what changes them back, once.
func changeKubelet(from, to string) (restore func()) {
	GinkgoHelper()
	file := filepath.Join(filepath.Dir(os.Getenv("KUBECONFIG")), "kubelet.yaml")
	before, err := os.ReadFile(file)
	Expect(err).NotTo(HaveOccurred())
	Expect(string(before)).To(ContainSubstring(from))
	write := func(text string) {
		Expect(os.WriteFile(file, []byte(text), 0o600)).To(Succeed())
		localnode("restart", "kubelet")
	}
	write(strings.Replace(string(before), from, to, 1))
	done := false
	return func() {
		if !done {
			done = true
			write(string(before))
		}
	}
}
