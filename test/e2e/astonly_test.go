package e2e

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

func inMode(mode v1alpha1.Mode) option {
	return func(r *v1alpha1.StrategyRun) { r.Spec.Mode = mode }
}

func fallingBack(policy v1alpha1.FallbackPolicy) option {
	return func(r *v1alpha1.StrategyRun) { r.Spec.Fallback.Policy = policy }
}

// Everything here holds for mode ASTOnly as well; that mode by itself is part of the drills.
var _ = Describe("AST-only execution, which is what Auto means while the switch is off,", Ordered, ContinueOnFailure, func() {
	var pods *register
	auto := inMode(v1alpha1.ModeAuto)
	expectNoPod := func(run *v1alpha1.StrategyRun) {
		GinkgoHelper()
		Expect(run.Status.ExecutedMode).To(Equal(v1alpha1.ModeASTOnly))
		Expect(pods.podsOf(run.Name)).To(BeZero())
	}

	BeforeAll(func(ctx SpecContext) {
		before := execute(ctx, functionStyle, auto)
		Expect(before.Status.ExecutedMode).To(Equal(v1alpha1.ModeSandbox))
		configure(ctx, func(text string) string { return strings.Replace(text, "enabled: true", "enabled: false", 1) })
		pods = registerPods(ctx)
	})

	It("scores like the sandbox, without a Pod", func(ctx SpecContext) {
		plain := execute(ctx, functionStyle, auto)
		expectVerdict(plain, v1alpha1.VerdictCompleted)
		expectNoPod(plain)
		sandboxed := execute(ctx, functionStyle)
		expectVerdict(sandboxed, v1alpha1.VerdictCompleted)
		Expect(sandboxed.Status.ExecutedMode).To(Equal(v1alpha1.ModeSandbox), "a run's own mode wins")
		Expect(pods.podsOf(sandboxed.Name)).To(Equal(1))
		Expect(plain.Status.Result.Metrics).To(Equal(sandboxed.Status.Result.Metrics))
	})

	DescribeTable("ends like the sandbox", func(ctx SpecContext, code string, want v1alpha1.Verdict, options ...option) {
		run := execute(ctx, code, append(options, auto)...)
		expectVerdict(run, want)
		Expect(run.Status.Result.Metrics).To(BeEmpty())
		expectNoPod(run)
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

	It("survives an executor that is killed -9 mid-run", func(ctx SpecContext) {
		replaceAfterwards("stratbox-executor")
		run := submit(ctx, busyFor(6), auto)
		executingASTOnly(ctx)
		killProcesses("/ast-executor")
		ended := finished(ctx, run)
		// Its policy is Never: nothing is tried again.
		expectVerdict(ended, v1alpha1.VerdictRunnerFailed)
		expectNoPod(ended)
	})

	It("survives a manager that is killed -9 mid-run, and executes nothing twice", func(ctx SpecContext) {
		replaceAfterwards("stratbox-manager")
		run := submit(ctx, busyFor(6), auto)
		executingASTOnly(ctx)
		killProcesses("/manager")
		ended := finished(ctx, run)
		expectVerdict(ended, v1alpha1.VerdictCompleted)
		Expect(ended.Status.Attempts).To(HaveLen(1))
		expectNoPod(ended)
	})
})
