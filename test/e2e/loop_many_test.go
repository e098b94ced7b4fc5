package e2e

import (
	"fmt"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stratbox/stratbox/api/v1alpha1"
	stratbox "github.com/stratbox/stratbox/client"
)

// brief is a strategy that takes hardly any time.
const brief = "def strategy(data):\n    return data.get('price:收盤價').tail(20) > 500\n"

var _ = Describe("Fifty runs submitted at once", Serial, func() {
	It("are executed five at a time, in the order of their submission, and every one is reported", func(ctx SpecContext) {
		const count, places = 50, 5
		pods := registerPods(ctx)
		before, err := finishedRuns(ctx)
		Expect(err).NotTo(HaveOccurred())
		spec := v1alpha1.StrategyRunSpec{Dataset: dataset, Mode: v1alpha1.ModeSandbox}
		evaluator, err := stratbox.Connect(stratbox.Options{Namespace: runsNamespace, Spec: spec})
		Expect(err).NotTo(HaveOccurred())
		// One after the other, so that there is an order; the client then finds each of them.
		var strategies []stratbox.Strategy
		for i := range count {
			strategy := stratbox.Strategy{Name: fmt.Sprintf("crowd-%d-%02d", GinkgoRandomSeed(), i), Source: brief}
			strategies = append(strategies, strategy)
			run := &v1alpha1.StrategyRun{ObjectMeta: metav1.ObjectMeta{Namespace: runsNamespace, Name: strategy.Name}, Spec: spec}
			run.Spec.Source.Inline = strategy.Source
			Expect(cluster.Create(ctx, run)).To(Succeed())
		}
		reported := map[string][]v1alpha1.Verdict{}
		Expect(evaluator.EvaluateAll(ctx, slices.Values(strategies), count, func(outcome stratbox.Outcome) {
			reported[outcome.Run] = append(reported[outcome.Run], outcome.Verdict)
		})).To(Succeed())
		Expect(reported).To(And(HaveLen(count), HaveEach(Equal([]v1alpha1.Verdict{v1alpha1.VerdictCompleted}))))

		started, most := pods.read()
		Expect(started).To(HaveLen(count), "each has one Pod")
		Expect(most).To(Equal(places))
		for place, strategy := range strategies {
			// Runs that get free places at the same moment start in any order.
			Expect(slices.Index(started, strategy.Name)).To(BeNumerically("~", place, places-1), strategy.Name)
		}
		Eventually(ctx, finishedRuns).Should(Equal(before + count))
	})
})
