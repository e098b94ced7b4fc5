package e2e

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

var runCounter atomic.Int64

// option changes a run before it is submitted.
type option func(*v1alpha1.StrategyRun)

func memory(quantity string) option {
	return func(r *v1alpha1.StrategyRun) { q := resource.MustParse(quantity); r.Spec.Limits.Memory = &q }
}

func deadline(seconds int32) option {
	return func(r *v1alpha1.StrategyRun) { r.Spec.Limits.DeadlineSeconds = &seconds }
}

func cpuTime(seconds int32) option {
	return func(r *v1alpha1.StrategyRun) { r.Spec.Limits.CPUTimeSeconds = &seconds }
}

func onDataset(name string) option {
	return func(r *v1alpha1.StrategyRun) { r.Spec.Dataset = name }
}

// newRun is a sandboxed run of code, without fallback, with a name of its own.
func newRun(code string, options ...option) *v1alpha1.StrategyRun {
	run := &v1alpha1.StrategyRun{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: runsNamespace,
			Name:      fmt.Sprintf("e2e-%d-%d", GinkgoRandomSeed(), runCounter.Add(1)),
		},
		Spec: v1alpha1.StrategyRunSpec{
			Mode:    v1alpha1.ModeSandbox,
			Dataset: dataset,
			Source:  v1alpha1.StrategySource{Inline: code},
			// What the sandbox says is to be the run's verdict.
			Fallback: v1alpha1.Fallback{Policy: v1alpha1.FallbackNever},
		},
	}
	run.Spec.StrategyID = "e2e/" + run.Name
	for _, change := range options {
		change(run)
	}
	return run
}

// submit creates a run and has it deleted at the end of the spec.
func submit(ctx context.Context, code string, options ...option) *v1alpha1.StrategyRun {
	GinkgoHelper()
	run := newRun(code, options...)
	Expect(cluster.Create(ctx, run)).To(Succeed())
	DeferCleanup(func(ctx context.Context) {
		Expect(client.IgnoreNotFound(cluster.Delete(ctx, run.DeepCopy()))).To(Succeed())
	})
	return run
}

// finished waits for the end of a run and returns it.
func finished(ctx context.Context, run *v1alpha1.StrategyRun) *v1alpha1.StrategyRun {
	GinkgoHelper()
	ended := &v1alpha1.StrategyRun{}
	Eventually(ctx, func(g Gomega) {
		g.Expect(cluster.Get(ctx, client.ObjectKeyFromObject(run), ended)).To(Succeed())
		g.Expect(apimeta.IsStatusConditionTrue(ended.Status.Conditions, v1alpha1.ConditionFinished)).To(BeTrue(),
			"run %s is not finished: %+v", run.Name, ended.Status)
	}).WithTimeout(3 * time.Minute).Should(Succeed())
	return ended
}

// execute submits a run and waits for its end.
func execute(ctx context.Context, code string, options ...option) *v1alpha1.StrategyRun {
	GinkgoHelper()
	return finished(ctx, submit(ctx, code, options...))
}

// verdict is the reason of the condition Finished, with the message of Succeeded for the reader of a failure.
func verdict(run *v1alpha1.StrategyRun) (v1alpha1.Verdict, string) {
	finished := apimeta.FindStatusCondition(run.Status.Conditions, v1alpha1.ConditionFinished)
	succeeded := apimeta.FindStatusCondition(run.Status.Conditions, v1alpha1.ConditionSucceeded)
	if finished == nil || succeeded == nil {
		return "", fmt.Sprintf("conditions are missing: %+v", run.Status.Conditions)
	}
	return v1alpha1.Verdict(finished.Reason), fmt.Sprintf("%s %+v", succeeded.Message, run.Status)
}

// expectVerdict asserts how a run ended.
func expectVerdict(run *v1alpha1.StrategyRun, want v1alpha1.Verdict) {
	GinkgoHelper()
	got, why := verdict(run)
	Expect(got).To(Equal(want), why)
}

// executing waits until the run's container runs, and returns its Pod.
func executing(ctx context.Context, run *v1alpha1.StrategyRun) *corev1.Pod {
	GinkgoHelper()
	pod := &corev1.Pod{}
	Eventually(ctx, func(g Gomega) {
		g.Expect(cluster.Get(ctx, client.ObjectKey{Namespace: run.Namespace, Name: run.Name + "-0"}, pod)).To(Succeed())
		g.Expect(pod.Status.ContainerStatuses).To(HaveLen(1))
		g.Expect(pod.Status.ContainerStatuses[0].State.Running).NotTo(BeNil())
	}).WithPolling(50 * time.Millisecond).Should(Succeed())
	return pod
}

// podGone waits until the named Pod does not exist.
func podGone(ctx context.Context, run *v1alpha1.StrategyRun, within time.Duration) {
	GinkgoHelper()
	Eventually(ctx, func() error {
		return cluster.Get(ctx, client.ObjectKey{Namespace: run.Namespace, Name: run.Name + "-0"}, &corev1.Pod{})
	}).WithTimeout(within).Should(MatchError(ContainSubstring("not found")))
}

// syscalls are the names of a run's violations.
func syscalls(run *v1alpha1.StrategyRun) []string {
	names := make([]string, 0, len(run.Status.Violations))
	for _, v := range run.Status.Violations {
		names = append(names, v.Syscall)
	}
	return names
}

// condition returns a condition's reason and whether it is True.
func condition(run *v1alpha1.StrategyRun, kind string) (reason string, isTrue bool) {
	found := apimeta.FindStatusCondition(run.Status.Conditions, kind)
	if found == nil {
		return "", false
	}
	return found.Reason, found.Status == metav1.ConditionTrue
}
