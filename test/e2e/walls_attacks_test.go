package e2e

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// attack is a strategy that does something to its runner, and how the run must end.
type attack struct {
	name string
	// code is the body of the function attack, which strategy(data) calls before it returns honest positions.
	code    string
	options []option
	verdict v1alpha1.Verdict
	// denied are calls that must be recorded, message a part of the verdict's message.
	denied  []string
	message string
	check   func(*v1alpha1.StrategyRun)
}

// describeAttacks submits all attacks at once, so that they disturb each other as they can, and has a spec for each.
func describeAttacks(attacks []attack) {
	runs := map[string]*v1alpha1.StrategyRun{}
	BeforeAll(func(ctx SpecContext) {
		configure(ctx, reportOnly)
		for _, a := range attacks {
			runs[a.name] = submit(ctx, hostilePrelude+"\ndef attack():\n"+indent(a.code), append([]option{deadline(60)}, a.options...)...)
		}
	})
	for _, a := range attacks {
		It(a.name, func(ctx SpecContext) {
			run := finished(ctx, runs[a.name])
			expectVerdict(run, a.verdict)
			Expect(syscalls(run)).To(ContainElements(a.denied))
			Expect(syscalls(run)).NotTo(ContainElement("fspick"), "a call was not answered with EPERM")
			_, message := verdict(run)
			Expect(message).To(ContainSubstring(a.message))
			if a.verdict != v1alpha1.VerdictCompleted {
				Expect(run.Status.Result.Metrics).To(BeEmpty())
			}
			_, violated := condition(run, v1alpha1.ConditionSecurityViolation)
			Expect(violated).To(Equal(a.verdict == v1alpha1.VerdictSecurityViolation))
			if a.check != nil {
				a.check(run)
			}
		})
	}
}
