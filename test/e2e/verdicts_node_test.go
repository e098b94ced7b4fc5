package e2e

import (
	"context"
	"os"
	"path/filepath"
	"slices"
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
			verdict: v1alpha1.VerdictRunnerFailed, says: "ended from outside, with SIGKILL", recording: "strategy-killed",
		}),
		Entry("the runner is stopped for ever, and the Pod's own deadline ends it", end{
			code: endlessLoop,
			during: func(ctx context.Context, _ *v1alpha1.StrategyRun, pod *corev1.Pod) {
				send(runnerOf(pod), syscall.SIGSTOP)
				endSoon(ctx, pod)
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
				// Every machine uses more than a hundredth of its memory. The manager may be evicted, too.
				transition := "evictionPressureTransitionPeriod: 10s\n"
				whileKubeletIs(ctx, pod, transition, transition+"evictionSoft: {memory.available: 99%}\nevictionSoftGracePeriod: {memory.available: 1s}\n")
			},
			verdict: v1alpha1.VerdictNodeDisrupted, says: "low on resource: memory", recording: "evicted-for-the-node",
		}),
		Entry("the kubelet starts again with less memory to give, and refuses a Pod that runs", Label("slow"), end{
			code: endlessLoop,
			during: func(ctx context.Context, _ *v1alpha1.StrategyRun, pod *corev1.Pod) {
				whileKubeletIs(ctx, pod, "memory.available: 100Mi", "memory.available: 99%")
			},
			verdict: v1alpha1.VerdictNodeDisrupted, says: "OutOfmemory", recording: "refused-while-running",
		}),
		Entry("the kubelet is gone, and the Pod's deadline passes without a word", Label("slow"), end{
			code: endlessLoop,
			during: func(ctx context.Context, _ *v1alpha1.StrategyRun, pod *corev1.Pod) {
				withoutKubelet()
				endSoon(ctx, pod)
			},
			verdict: v1alpha1.VerdictNodeDisrupted, says: "has not reported the end of the Pod", recording: "node-silent",
		}),
		Entry("the kubelet is gone, and the cluster gives its Pods up", end{
			code: endlessLoop,
			during: func(ctx context.Context, _ *v1alpha1.StrategyRun, pod *corev1.Pod) {
				withoutKubelet()
				// A cluster taints a node that is silent by itself, unless all of its nodes are, as here.
				taint(ctx, pod.Spec.NodeName)
			},
			verdict: v1alpha1.VerdictNodeDisrupted, says: "DeletionByTaintManager", recording: "node-given-up",
		}),
	)
})

// endSoon brings the Pod's own deadline, which is minutes after the strategy's, forward.
func endSoon(ctx context.Context, pod *corev1.Pod) {
	GinkgoHelper()
	shorter := pod.DeepCopy()
	*shorter.Spec.ActiveDeadlineSeconds = 5
	Expect(cluster.Patch(ctx, shorter, client.MergeFrom(pod))).To(Succeed())
}

// withoutKubelet stops the kubelet for the rest of the spec.
func withoutKubelet() {
	GinkgoHelper()
	DeferCleanup(func() { localnode("start", "kubelet") })
	localnode("stop", "kubelet")
}

// taint makes the cluster delete the Pods of a node, for the rest of the spec.
func taint(ctx context.Context, name string) {
	GinkgoHelper()
	change := func(ctx context.Context, taints []corev1.Taint) {
		var node corev1.Node
		Expect(cluster.Get(ctx, client.ObjectKey{Name: name}, &node)).To(Succeed())
		tainted := node.DeepCopy()
		tainted.Spec.Taints = append(slices.DeleteFunc(tainted.Spec.Taints, func(t corev1.Taint) bool { return t.Key == "stratbox.dev/gone" }), taints...)
		Expect(cluster.Patch(ctx, tainted, client.MergeFrom(&node))).To(Succeed())
	}
	DeferCleanup(func(ctx context.Context) { change(ctx, nil) })
	change(ctx, []corev1.Taint{{Key: "stratbox.dev/gone", Effect: corev1.TaintEffectNoExecute}})
}

// whileKubeletIs changes the kubelet's settings until the Pod has ended.
func whileKubeletIs(ctx context.Context, pod *corev1.Pod, from, to string) {
	GinkgoHelper()
	file := filepath.Join(filepath.Dir(os.Getenv("KUBECONFIG")), "kubelet.yaml")
	before, err := os.ReadFile(file)
	Expect(err).NotTo(HaveOccurred())
	Expect(string(before)).To(ContainSubstring(from))
	write := func(text string) {
		Expect(os.WriteFile(file, []byte(text), 0o600)).To(Succeed())
		localnode("restart", "kubelet")
	}
	defer write(string(before))
	write(strings.Replace(string(before), from, to, 1))
	Eventually(ctx, func(g Gomega) {
		err := cluster.Get(ctx, client.ObjectKeyFromObject(pod), pod)
		g.Expect(err != nil || pod.Status.Phase == corev1.PodFailed).To(BeTrue(), "%+v", pod.Status)
	}).Should(Succeed())
}
