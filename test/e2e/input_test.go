package e2e

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

var _ = Describe("A run that cannot be executed as written", func() {
	DescribeTable("is not accepted, and says what to do", func(ctx SpecContext, reason, message string, change option) {
		run := execute(ctx, functionStyle, change)
		expectVerdict(run, v1alpha1.VerdictNotAccepted)
		got, accepted := condition(run, v1alpha1.ConditionAccepted)
		Expect(accepted).To(BeFalse())
		Expect(got).To(Equal(reason))
		_, why := verdict(run)
		Expect(why).To(ContainSubstring(message))
		Expect(run.Status.Attempts).To(BeEmpty())
	},
		Entry("unknown dataset", v1alpha1.ReasonDatasetNotFound, "no-such-data", onDataset("no-such-data")),
		Entry("missing ConfigMap", v1alpha1.ReasonSourceNotFound, "nowhere", option(func(r *v1alpha1.StrategyRun) {
			r.Spec.Source = v1alpha1.StrategySource{ConfigMapKeyRef: &v1alpha1.ConfigMapKeyReference{Name: "nowhere", Key: "x.py"}}
		})),
	)

	It("is refused by the API server when it has two sources", func(ctx SpecContext) {
		run := newRun(functionStyle)
		run.Spec.Source.ConfigMapKeyRef = &v1alpha1.ConfigMapKeyReference{Name: "a", Key: "b"}
		Expect(cluster.Create(ctx, run)).To(MatchError(ContainSubstring("set exactly one of spec.source.inline and spec.source.configMapKeyRef")))
	})
})

var _ = Describe("The gate", func() {
	DescribeTable("refuses, with rule, line and column", func(ctx SpecContext, code, rule string, line int) {
		run := execute(ctx, code)
		expectVerdict(run, v1alpha1.VerdictASTRejected)
		Expect(run.Status.Gate).To(HaveValue(And(
			HaveField("Rule", rule), HaveField("Line", HaveValue(BeEquivalentTo(line))), HaveField("Message", Not(BeEmpty())))))
	},
		Entry("an import", "import socket\ndef strategy(data):\n    return data\n", "import-not-allowed", 1),
		Entry("a private attribute", "def strategy(data):\n    return ().__class__\n", "attribute-not-allowed", 2),
		Entry("a syntax error", "def strategy(data):\n    return (\n", "syntax", 2),
	)
})
