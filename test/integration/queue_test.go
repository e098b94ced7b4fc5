package integration

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/testutil"
)

var _ = Describe("The queue", func() {
	var w *world

	BeforeEach(func() {
		w = newWorld()
		w.settings.Config.Concurrency.MaxConcurrentRuns = 2
	})

	submit := func(count int) []*v1alpha1.StrategyRun {
		runs := make([]*v1alpha1.StrategyRun, count)
		for i := range runs {
			runs[i] = w.submit(testutil.MakeRun(w.namespace, fmt.Sprintf("run-%c", 'a'+i)))
		}
		return runs
	}
	states := func(runs []*v1alpha1.StrategyRun) []string {
		all := make([]string, len(runs))
		for i, run := range runs {
			all[i] = w.condition(run, v1alpha1.ConditionFinished)
		}
		return all
	}

	It("holds back what exceeds the limit and writes that once", func() {
		runs := submit(3)
		for range 3 {
			for _, run := range runs {
				w.step(run)
			}
		}
		Expect(states(runs)).To(Equal([]string{"False/Running", "False/Running", "False/Queued"}))
		Expect(w.pods()).To(HaveLen(2))
		Expect(w.calls.writes()).To(HaveLen(5), "two Pods, two statuses Running, one status Queued")
	})

	It("starts the oldest run when a place is free, whoever asks first", func() {
		runs := submit(4)
		for _, run := range runs {
			w.step(run)
		}
		w.edit(runs[0], func(run *v1alpha1.StrategyRun) { run.Spec.Cancel = ptr.To(true) })
		w.step(runs[0])
		w.step(runs[3])
		w.step(runs[2])
		Expect(states(runs)).To(Equal([]string{"True/Cancelled", "False/Running", "False/Running", "False/Queued"}))
	})

	It("gives a place that a suspended run left to the next", func() {
		runs := submit(3)
		for _, run := range runs {
			w.step(run)
		}
		w.edit(runs[0], func(run *v1alpha1.StrategyRun) { run.Spec.Suspend = ptr.To(true) })
		w.step(runs[0])
		w.step(runs[2])
		Expect(states(runs)).To(Equal([]string{"False/Suspended", "False/Running", "False/Running"}))
	})

	It("counts Pods that a manager created and died before it recorded them", func() {
		runs := submit(3)
		w.calls.fault = func(_ int, call string) fault {
			if call == "patch strategyruns/status" {
				return notSent
			}
			return noFault
		}
		for _, run := range runs[:2] {
			_, err := w.try(run)
			Expect(err).To(HaveOccurred())
		}
		w.calls.fault = nil
		w.restart()
		w.step(runs[2])
		Expect(states(runs)).To(Equal([]string{"absent", "absent", "False/Queued"}))
		w.step(runs[0])
		w.step(runs[1])
		Expect(states(runs)).To(Equal([]string{"False/Running", "False/Running", "False/Queued"}))
		Expect(w.pods()).To(HaveLen(2))
	})
})
