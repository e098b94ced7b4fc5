package e2e

import (
	"context"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// busyForSixSeconds takes its time and is honest.
const busyForSixSeconds = `
from datetime import datetime, timedelta

def strategy(data):
    end = datetime.now() + timedelta(seconds=6)
    while datetime.now() < end:
        pass
    return data.get('price:收盤價').is_smallest(5)
`

func inMode(mode v1alpha1.Mode) option {
	return func(r *v1alpha1.StrategyRun) { r.Spec.Mode = mode }
}

func fallingBack(policy v1alpha1.FallbackPolicy) option {
	return func(r *v1alpha1.StrategyRun) { r.Spec.Fallback.Policy = policy }
}

var _ = Describe("AST-only execution", Ordered, ContinueOnFailure, func() {
	It("scores like the sandbox, without a Pod", func(ctx SpecContext) {
		sandboxed := execute(ctx, functionStyle)
		expectVerdict(sandboxed, v1alpha1.VerdictCompleted)
		plain := execute(ctx, functionStyle, inMode(v1alpha1.ModeASTOnly))
		expectVerdict(plain, v1alpha1.VerdictCompleted)
		Expect(plain.Status.ExecutedMode).To(Equal(v1alpha1.ModeASTOnly))
		Expect(plain.Status.Result.Metrics).To(Equal(sandboxed.Status.Result.Metrics))
		expectNoPod(ctx, plain)
	})

	DescribeTable("ends like the sandbox", func(ctx SpecContext, code string, want v1alpha1.Verdict, options ...option) {
		run := execute(ctx, code, append(options, inMode(v1alpha1.ModeASTOnly))...)
		expectVerdict(run, want)
		Expect(run.Status.Result.Metrics).To(BeEmpty())
		expectNoPod(ctx, run)
	},
		Entry("when the gate refuses", "import socket\ndef strategy(data):\n    return data\n", v1alpha1.VerdictASTRejected),
		Entry("when the strategy fails", "def strategy(data):\n    return 1 / 0\n", v1alpha1.VerdictStrategyError),
		Entry("when it returns nothing", "def strategy(data):\n    pass\n", v1alpha1.VerdictResultInvalid),
		Entry("at the deadline", endlessLoop, v1alpha1.VerdictDeadlineExceeded, deadline(4)),
		Entry("at the limit of CPU time", endlessLoop, v1alpha1.VerdictCPUTimeExceeded, cpuTime(3)),
		Entry("at the memory limit", outOfMemory, v1alpha1.VerdictOOMKilled, memory("512Mi")),
	)

	It("follows a sandbox that failed, and says why", func(ctx SpecContext) {
		configure(ctx, func(text string) string {
			return strings.Replace(text, "stratbox.dev/runner:dev", "127.0.0.1:1/runner:does-not-exist", 1)
		})
		run := execute(ctx, functionStyle, fallingBack(v1alpha1.FallbackSandboxFailure))
		expectVerdict(run, v1alpha1.VerdictCompleted)
		Expect(run.Status.ExecutedMode).To(Equal(v1alpha1.ModeASTOnly))
		Expect(run.Status.Attempts[0].Verdict).To(Equal(v1alpha1.VerdictImagePullFailed))
		reason, sandboxed := condition(run, v1alpha1.ConditionSandboxed)
		Expect(sandboxed).To(BeFalse())
		Expect(reason).To(Equal(string(v1alpha1.VerdictImagePullFailed)))
	})

	It("does not follow where the policy says never", func(ctx SpecContext) {
		run := execute(ctx, endlessLoop, deadline(3), fallingBack(v1alpha1.FallbackInfrastructureFailure))
		expectVerdict(run, v1alpha1.VerdictDeadlineExceeded)
		Expect(run.Status.Attempts).To(HaveLen(1))
	})

	It("is what Auto means while the switch is off, from the next run on", func(ctx SpecContext) {
		before := execute(ctx, functionStyle, inMode(v1alpha1.ModeAuto))
		Expect(before.Status.ExecutedMode).To(Equal(v1alpha1.ModeSandbox))
		configure(ctx, func(text string) string { return strings.Replace(text, "enabled: true", "enabled: false", 1) })
		after := execute(ctx, functionStyle, inMode(v1alpha1.ModeAuto))
		expectVerdict(after, v1alpha1.VerdictCompleted)
		Expect(after.Status.ExecutedMode).To(Equal(v1alpha1.ModeASTOnly))
		expectNoPod(ctx, after)
		own := execute(ctx, functionStyle)
		Expect(own.Status.ExecutedMode).To(Equal(v1alpha1.ModeSandbox), "a run's own mode wins")
	})

	It("survives an executor that is killed -9 mid-run", func(ctx SpecContext) {
		run := submit(ctx, busyForSixSeconds, inMode(v1alpha1.ModeASTOnly))
		Eventually(ctx, func() ([]string, error) {
			return processes("/usr/bin/python3 -s -P -B -m stratbox_runner --dataset /data/tw-daily")
		}).ShouldNot(BeEmpty())
		killProcesses("/ast-executor")
		ended := finished(ctx, run)
		got, why := verdict(ended)
		Expect(got).To(BeElementOf(v1alpha1.VerdictCompleted, v1alpha1.VerdictRunnerFailed), why)
	})

	It("survives a manager that is killed -9 mid-run, and executes nothing twice", func(ctx SpecContext) {
		run := submit(ctx, busyForSixSeconds, inMode(v1alpha1.ModeASTOnly))
		Eventually(ctx, func() ([]string, error) {
			return processes("/usr/bin/python3 -s -P -B -m stratbox_runner --dataset /data/tw-daily")
		}).ShouldNot(BeEmpty())
		killProcesses("/manager")
		ended := finished(ctx, run)
		expectVerdict(ended, v1alpha1.VerdictCompleted)
		Expect(ended.Status.Attempts).To(HaveLen(1))
	})
})

// expectNoPod asserts that the run has no Pod.
func expectNoPod(ctx context.Context, run *v1alpha1.StrategyRun) {
	GinkgoHelper()
	err := cluster.Get(ctx, client.ObjectKey{Namespace: run.Namespace, Name: run.Name + "-0"}, &corev1.Pod{})
	Expect(apierrors.IsNotFound(err)).To(BeTrue(), "%v", err)
}
