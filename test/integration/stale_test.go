package integration

import (
	"context"
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/testutil"
)

// past is what a cache that is behind says of runs and Pods.
type past struct{ client.Reader }

// remember keeps what there is in a namespace now.
func remember(ctx context.Context, namespace string) *past {
	GinkgoHelper()
	var objects []client.Object
	runs, pods := &v1alpha1.StrategyRunList{}, &corev1.PodList{}
	Expect(kube.List(ctx, runs, client.InNamespace(namespace))).To(Succeed())
	Expect(kube.List(ctx, pods, client.InNamespace(namespace))).To(Succeed())
	for i := range runs.Items {
		objects = append(objects, &runs.Items[i])
	}
	for i := range pods.Items {
		objects = append(objects, &pods.Items[i])
	}
	return &past{fake.NewClientBuilder().WithScheme(scheme).WithObjects(objects...).Build()}
}

var _ = Describe("A cache that is behind", func() {
	// maxLooks is more than how often a manager looks at a run.
	const maxLooks = 60

	DescribeTable("at any look leaves one Pod for an attempt, one verdict, and nothing behind",
		func(leads life, behind int, dies bool) {
			for at := behind; at < maxLooks; at++ {
				w := newWorld()
				w.survives = true
				run := w.submit(testutil.MakeRun(w.namespace, "survivor"))
				var pasts []*past
				wasBehind := false
				w.before = func() {
					pasts = append(pasts, remember(w.ctx, w.namespace))
					w.calls.past = nil
					if len(pasts) == at+1 {
						wasBehind = true
						w.calls.past = pasts[at-behind]
						if dies {
							w.restart()
						}
					}
				}
				want := leads(w, run)
				w.before, w.calls.past = nil, nil
				w.expectOneEnd(run, want, fmt.Sprintf("look %d saw what look %d had seen", at, at-behind))
				if !wasBehind {
					return
				}
			}
			Fail(fmt.Sprintf("a manager looks more than %d times", maxLooks))
		},
		Entry("three looks behind", life(straight), 3, false),
		Entry("six looks behind, when the manager has just started", life(straight), 6, true),
		Entry("three looks behind, when the run is suspended in between and the manager has just started", life(interrupted), 3, true),
		Entry("three looks behind, when the run falls back", life(unlucky), 3, false),
		Entry("six looks behind, when the run falls back and the manager has just started", life(unlucky), 6, true),
	)
})
