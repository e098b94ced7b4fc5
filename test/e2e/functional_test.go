package e2e

import (
	"context"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/functional"
)

// The gate is enforced all the while: the suite's own probes are let past it.
var _ = Describe("The functional suite", Ordered, ContinueOnFailure, func() {
	seen := map[string]functional.Observation{}

	BeforeAll(func(ctx SpecContext) {
		for _, batch := range functional.Batches() {
			runs := map[string]*v1alpha1.StrategyRun{}
			for _, run := range batch {
				runs[run.Name] = submit(ctx, run.Source, func(r *v1alpha1.StrategyRun) { r.Spec.Limits = run.Limits })
			}
			for name, run := range runs {
				seen[name] = observe(ctx, run)
			}
		}
	}, NodeTimeout(0))

	It("fails where another profile denies calls first, so that nobody is told", func(ctx SpecContext) {
		configure(ctx, func(text string) string {
			return strings.Replace(behindRuntimeDefault(text), "sandbox:\n", "sandbox:\n  allowPartialDetection: true\n", 1)
		})
		clock := map[string]functional.Observation{}
		for _, batch := range functional.Batches() {
			if run := batch[0]; run.Name == "clock" {
				clock[run.Name] = observe(ctx, submit(ctx, run.Source, func(r *v1alpha1.StrategyRun) { r.Spec.Limits = run.Limits }))
			}
		}
		for _, test := range functional.Suite() {
			if test.Name == "clock-denied" {
				outcome, message := functional.Judge(test, clock)
				Expect(outcome).To(Equal(v1alpha1.FunctionalFail))
				Expect(message).To(And(ContainSubstring("not recorded: "), ContainSubstring("settimeofday")))
				AddReportEntry(test.Name, message)
			}
		}
	})

	for _, test := range functional.Suite() {
		It("passes: "+test.Name, func() {
			outcome, message := functional.Judge(test, seen)
			AddReportEntry(test.Name, message)
			Expect(outcome).To(Equal(v1alpha1.FunctionalPass), message)
		})
	}
})

// observe waits until a run has ended and its Pod is gone.
func observe(ctx context.Context, run *v1alpha1.StrategyRun) functional.Observation {
	GinkgoHelper()
	ended := &v1alpha1.StrategyRun{}
	Eventually(ctx, func(g Gomega) {
		g.Expect(cluster.Get(ctx, client.ObjectKeyFromObject(run), ended)).To(Succeed())
		g.Expect(apimeta.IsStatusConditionTrue(ended.Status.Conditions, v1alpha1.ConditionFinished)).To(BeTrue())
	}).WithPolling(50 * time.Millisecond).WithTimeout(3 * time.Minute).Should(Succeed())
	verdict := time.Now()
	Eventually(ctx, func() bool {
		return apierrors.IsNotFound(cluster.Get(ctx, client.ObjectKey{Namespace: run.Namespace, Name: run.Name + "-0"}, &corev1.Pod{}))
	}).WithPolling(50 * time.Millisecond).Should(BeTrue())
	end := time.Since(verdict).Milliseconds()
	return functional.Observation{Status: ended.Status, EndMillis: &end}
}
