package e2e

import (
	"context"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	stratbox "github.com/stratbox/stratbox/client"
)

// outage is how long the API server is away.
const outage = 30 * time.Second

var _ = Describe("A fault of several parts at once", Serial, func() {
	It("manager and executor, killed -9 together mid-run, lose nothing and count nothing twice", func(ctx SpecContext) {
		replaceAfterwards("stratbox-manager", "stratbox-executor")
		pods := registerPods(ctx)
		sandboxed := submit(ctx, busyFor(6))
		plain := submit(ctx, busyFor(6), inMode(v1alpha1.ModeASTOnly), fallingBack(v1alpha1.FallbackSandboxFailure))
		pod := executing(ctx, sandboxed)
		executingASTOnly(ctx)
		killProcesses("/manager")
		killProcesses("/ast-executor")

		sandboxed, plain = finished(ctx, sandboxed), finished(ctx, plain)
		expectVerdict(sandboxed, v1alpha1.VerdictCompleted)
		Expect(sandboxed.Status.Attempts).To(ConsistOf(HaveField("PodUID", string(pod.UID))))
		Expect(pods.podsOf(sandboxed.Name)).To(Equal(1))
		expectVerdict(plain, v1alpha1.VerdictCompleted)
		verdicts, _ := attemptsOf(plain)
		Expect(verdicts).To(Equal([]v1alpha1.Verdict{v1alpha1.VerdictRunnerFailed, v1alpha1.VerdictCompleted}))
		Expect(plain.Status.Result.Metrics).To(Equal(sandboxed.Status.Result.Metrics))
		podGone(ctx, sandboxed, 10*time.Second)
		// This manager has told of both ends and of no other.
		Eventually(ctx, finishedRuns).Should(Equal(2.0))
	})

	It("an API server that is away for half a minute holds up runs, and nothing else", func(ctx SpecContext) {
		replaceAfterwards("stratbox-manager")
		sandboxed := submit(ctx, busyFor(6))
		plain := submit(ctx, busyFor(6), inMode(v1alpha1.ModeASTOnly))
		waited := evaluate(ctx, stratbox.Strategy{ID: "waits", Source: busyFor(6)})
		pod := executing(ctx, sandboxed)
		executingASTOnly(ctx)

		DeferCleanup(func() { localnode("start", "apiserver") })
		localnode("stop", "apiserver", "--signal", "KILL")
		// What the kernel has accepted for a process that is just being killed is refused a moment later.
		Eventually(ctx, reachAPIServer).Should(HaveOccurred())
		Consistently(ctx, reachAPIServer).WithTimeout(outage).WithPolling(time.Second).Should(HaveOccurred())
		localnode("start", "apiserver")
		back := time.Now()

		for _, run := range []*v1alpha1.StrategyRun{sandboxed, plain} {
			ended := finished(ctx, run)
			expectVerdict(ended, v1alpha1.VerdictCompleted)
			Expect(ended.Status.Attempts).To(HaveLen(1))
		}
		AddReportEntry("outage", "every verdict is in "+time.Since(back).Round(time.Second).String()+" after the API server is back")
		Expect(finished(ctx, sandboxed).Status.Attempts[0].PodUID).To(Equal(string(pod.UID)))
		var outcome stratbox.Outcome
		Eventually(ctx, waited).Should(Receive(&outcome))
		Expect(outcome.Verdict).To(Equal(v1alpha1.VerdictCompleted), outcome.Reason)
		expectVerdict(execute(ctx, functionStyle), v1alpha1.VerdictCompleted)
		Eventually(ctx, func() int { return len(runPods(ctx)) }).Should(BeZero())
	})
})

// evaluate lets the client package evaluate a strategy and sends what became of it.
func evaluate(ctx context.Context, strategy stratbox.Strategy) <-chan stratbox.Outcome {
	GinkgoHelper()
	evaluator, err := stratbox.Connect(stratbox.Options{
		Namespace: runsNamespace, DeleteAfter: true,
		Spec: v1alpha1.StrategyRunSpec{Dataset: dataset, Mode: v1alpha1.ModeSandbox},
	})
	Expect(err).NotTo(HaveOccurred())
	outcomes := make(chan stratbox.Outcome, 1)
	go func() {
		outcome, err := evaluator.Evaluate(ctx, strategy)
		if err != nil {
			outcome.Reason = err.Error()
		}
		outcomes <- outcome
	}()
	return outcomes
}

// reachAPIServer fails while nothing answers at the API server's address.
func reachAPIServer() error {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return err
	}
	address, err := url.Parse(config.Host)
	if err != nil {
		return err
	}
	connection, err := net.DialTimeout("tcp", address.Host, time.Second)
	if err != nil {
		return err
	}
	return connection.Close()
}

// executingASTOnly waits until the executor executes an attempt.
func executingASTOnly(ctx context.Context) {
	GinkgoHelper()
	Eventually(ctx, func(g Gomega) {
		for _, pod := range podsOf(ctx, "stratbox-executor") {
			if len(processesOf(&pod, "/usr/bin/python3")) > 0 {
				return
			}
		}
		g.Expect("the executor").To(Equal("executing"))
	}).WithPolling(50 * time.Millisecond).Should(Succeed())
}

// podsOf lists the Pods of a Deployment of ours.
func podsOf(ctx context.Context, deployment string) []corev1.Pod {
	GinkgoHelper()
	var pods corev1.PodList
	Expect(cluster.List(ctx, &pods, client.InNamespace(systemNamespace), client.MatchingLabels{"app.kubernetes.io/name": deployment})).To(Succeed())
	return pods.Items
}

// replaceAfterwards gives each Deployment a new Pod at the end of the spec. The kubelet starts a program that ended for the
// first time at once, and waits ever longer after that: specs that kill would wait for each other.
func replaceAfterwards(deployments ...string) {
	GinkgoHelper()
	DeferCleanup(func(ctx context.Context) {
		before := map[types.UID]bool{}
		for _, name := range deployments {
			for _, pod := range podsOf(ctx, name) {
				before[pod.UID] = true
				Expect(client.IgnoreNotFound(cluster.Delete(ctx, &pod))).To(Succeed())
			}
		}
		for _, name := range deployments {
			Eventually(ctx, func(g Gomega) {
				pods := podsOf(ctx, name)
				g.Expect(pods).To(HaveLen(1))
				g.Expect(before).NotTo(HaveKey(pods[0].UID))
				g.Expect(pods[0].Status.Conditions).To(ContainElement(And(
					HaveField("Type", corev1.PodReady), HaveField("Status", corev1.ConditionTrue))))
			}).Should(Succeed())
		}
	})
}

// finishedRuns is how many runs the manager has told of since it was started.
func finishedRuns(ctx context.Context) (float64, error) {
	total := 0.0
	series, err := managerSeries(ctx)
	for name, value := range series {
		if strings.HasPrefix(name, "stratbox_runs_finished_total{") {
			total += value
		}
	}
	return total, err
}
