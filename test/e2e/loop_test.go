package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	stratbox "github.com/stratbox/stratbox/client"
)

const examples = "../../examples/loop/strategies"

var _ = Describe("The loop of the example", Serial, func() {
	It("evaluates five strategies at a time", func(ctx SpecContext) {
		pods := registerPods(ctx)
		loop := startLoop("smoke", examples, 5, 5)
		plan := []iteration{
			{strategy: "breakout", verdict: v1alpha1.VerdictCompleted, mode: v1alpha1.ModeSandbox, attempts: after()},
			{strategy: "dividends", verdict: v1alpha1.VerdictCompleted, mode: v1alpha1.ModeSandbox, attempts: after()},
			{strategy: "glutton", verdict: v1alpha1.VerdictOOMKilled, mode: v1alpha1.ModeASTOnly, attempts: after(v1alpha1.VerdictOOMKilled)},
			{strategy: "intruder", verdict: v1alpha1.VerdictASTRejected, mode: v1alpha1.ModeSandbox, attempts: after()},
			{strategy: "momentum", verdict: v1alpha1.VerdictCompleted, mode: v1alpha1.ModeSandbox, attempts: after()},
		}
		loop.accountFor(ctx, plan, loop.outcomes(len(plan)), pods)
	})

	It("goes on through twenty strategies and every fault", func(ctx SpecContext) {
		restoreConfiguration(ctx)
		replaceAfterwards("stratbox-manager", "stratbox-executor")
		pods := registerPods(ctx)
		plan := eventful()
		loop := startLoop("validation", folderOf(plan), len(plan), 1, "-deadline", "6")
		for index, iteration := range plan {
			if iteration.fault != nil {
				By(fmt.Sprintf("a fault in iteration %d, %s", index, iteration.strategy))
				iteration.fault(ctx, loop.run(index))
			}
		}
		outcomes := loop.outcomes(len(plan))
		loop.accountFor(ctx, plan, outcomes, pods)
		Expect(outcomes[10].Violations).To(ContainElement(HaveField("Syscall", "socket")))
		fellBack := map[v1alpha1.Verdict]int{}
		for _, outcome := range outcomes {
			if outcome.FellBack {
				fellBack[outcome.SandboxVerdict]++
			}
		}
		Expect(fellBack).To(And(HaveKey(v1alpha1.VerdictOOMKilled), HaveKey(v1alpha1.VerdictDeadlineExceeded), HaveKey(v1alpha1.VerdictSeccompProfileMissing)))
		Eventually(ctx, func() int { return len(runPods(ctx)) }).Should(BeZero())
	})
})

// eventful is a plan in which everything happens that may happen to a loop. One iteration comes after the other,
// and those that something happens in take their time, so that it is certain what meets what.
func eventful() []iteration {
	const completed, sandbox, plain = v1alpha1.VerdictCompleted, v1alpha1.ModeSandbox, v1alpha1.ModeASTOnly
	restoreProfile := func(context.Context) {}
	return []iteration{
		{strategy: "momentum", verdict: completed, mode: sandbox, attempts: after()},
		{strategy: "intruder", verdict: v1alpha1.VerdictASTRejected, mode: sandbox, attempts: after()},
		{strategy: "patient", verdict: completed, mode: sandbox, attempts: after(), fault: func(ctx context.Context, run string) {
			executing(ctx, named(run))
			killProcesses("/manager")
		}},
		{strategy: "glutton", verdict: v1alpha1.VerdictOOMKilled, mode: plain, attempts: after(v1alpha1.VerdictOOMKilled)},
		{strategy: "typo", verdict: v1alpha1.VerdictStrategyError, mode: sandbox, attempts: after()},
		{strategy: "patient", verdict: completed, mode: sandbox, attempts: after(v1alpha1.VerdictPodLost), fault: func(ctx context.Context, run string) {
			Expect(cluster.Delete(ctx, executing(ctx, named(run)))).To(Succeed())
		}},
		{strategy: "patient", verdict: completed, mode: sandbox, attempts: after(), fault: func(ctx context.Context, run string) {
			executing(ctx, named(run))
			restoreProfile = removeProfile(ctx)
		}},
		{strategy: "value", verdict: completed, mode: plain, attempts: after(v1alpha1.VerdictSeccompProfileMissing), fault: func(ctx context.Context, run string) {
			attemptEnded(ctx, named(run))
			restoreProfile(ctx)
		}},
		// The profile may not be back yet.
		{strategy: "shapeless", verdict: v1alpha1.VerdictResultInvalid},
		{strategy: "sleepless", verdict: v1alpha1.VerdictDeadlineExceeded, attempts: after(v1alpha1.VerdictDeadlineExceeded), mode: plain, fault: func(ctx context.Context, run string) {
			executing(ctx, named(run))
			applyConfiguration(ctx, reportOnly)
		}},
		{strategy: "spy", verdict: v1alpha1.VerdictSecurityViolation, mode: sandbox, attempts: after()},
		{strategy: "patient", verdict: completed, mode: sandbox, attempts: after(), fault: func(ctx context.Context, run string) {
			executing(ctx, named(run))
			applyConfiguration(ctx, strings.NewReplacer("mode: Report", "mode: Enforce", "enabled: true", "enabled: false").Replace)
		}},
		{strategy: "momentum", verdict: completed, mode: plain, attempts: after()},
		{strategy: "intruder", verdict: v1alpha1.VerdictASTRejected, mode: plain, attempts: after()},
		{strategy: "glutton", verdict: v1alpha1.VerdictOOMKilled, mode: plain, attempts: after()},
		{strategy: "patient", verdict: completed, mode: plain, attempts: after(v1alpha1.VerdictRunnerFailed), fault: func(ctx context.Context, run string) {
			attemptBegun(ctx, named(run))
			executingASTOnly(ctx)
			killProcesses("/ast-executor")
		}},
		{strategy: "patient", verdict: completed, mode: plain, attempts: after(), fault: func(ctx context.Context, run string) {
			attemptBegun(ctx, named(run))
			applyConfiguration(ctx, strings.NewReplacer("enabled: false", "enabled: true").Replace)
		}},
		{strategy: "breakout", verdict: completed, mode: sandbox, attempts: after()},
		{strategy: "dividends", verdict: completed, mode: sandbox, attempts: after()},
		{strategy: "shapeless", verdict: v1alpha1.VerdictResultInvalid, mode: sandbox, attempts: after()},
	}
}

// ownStrategies are those that the example does not have.
var ownStrategies = map[string]string{
	"patient": busyFor(3),
	"spy":     "import socket\n\ndef strategy(data):\n    socket.socket()\n",
}

// folderOf writes the strategies of a plan to a folder from which the loop reads them in this order.
func folderOf(plan []iteration) string {
	GinkgoHelper()
	folder := GinkgoT().TempDir()
	for index, iteration := range plan {
		code, own := ownStrategies[iteration.strategy]
		if !own {
			text, err := os.ReadFile(filepath.Join(examples, iteration.strategy+".py"))
			Expect(err).NotTo(HaveOccurred())
			code = string(text)
		}
		file := filepath.Join(folder, fmt.Sprintf("%02d-%s.py", index, iteration.strategy))
		Expect(os.WriteFile(file, []byte(code), 0o600)).To(Succeed())
	}
	return folder
}

// named is what is known of a run that somebody else submitted.
func named(run string) *v1alpha1.StrategyRun {
	return &v1alpha1.StrategyRun{ObjectMeta: metav1.ObjectMeta{Namespace: stratbox.DefaultNamespace, Name: run}}
}

// attemptBegun waits until an attempt of a run is recorded.
func attemptBegun(ctx context.Context, run *v1alpha1.StrategyRun) {
	GinkgoHelper()
	Eventually(ctx, attemptsNow(run)).WithPolling(50 * time.Millisecond).ShouldNot(BeEmpty())
}

// attemptEnded waits until the first attempt of a run has a verdict.
func attemptEnded(ctx context.Context, run *v1alpha1.StrategyRun) {
	GinkgoHelper()
	Eventually(ctx, attemptsNow(run)).WithPolling(50 * time.Millisecond).Should(ContainElement(HaveField("Verdict", Not(BeEmpty()))))
}

func attemptsNow(run *v1alpha1.StrategyRun) func(context.Context) ([]v1alpha1.Attempt, error) {
	return func(ctx context.Context) ([]v1alpha1.Attempt, error) {
		current := &v1alpha1.StrategyRun{}
		err := cluster.Get(ctx, client.ObjectKeyFromObject(run), current)
		return current.Status.Attempts, err
	}
}
