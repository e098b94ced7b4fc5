package integration

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/functional"
	"github.com/stratbox/stratbox/internal/testutil"
)

var _ = Describe("A probe of the functional suite", func() {
	var (
		w        *world
		executor *workshop
		source   string
	)
	BeforeEach(func() {
		w, executor = newWorld(), newWorkshop(v1alpha1.VerdictCompleted)
		w.executor = executor
		for _, batch := range functional.Batches() {
			for _, run := range batch {
				if functional.IsProbe(run.Source) {
					source = run.Source
				}
			}
		}
		Expect(source).NotTo(BeEmpty())
	})
	submit := func(name string, mode v1alpha1.Mode) *v1alpha1.StrategyRun {
		run := testutil.MakeRun(w.namespace, name).Mode(mode).Obj()
		run.Spec.Source = v1alpha1.StrategySource{Inline: source}
		Expect(kube.Create(w.ctx, run)).To(Succeed())
		return run
	}
	gateOf := func() contract.GateMode {
		task, err := contract.DecodeTask([]byte(w.pod().Annotations[v1alpha1.AnnotationTask]))
		Expect(err).NotTo(HaveOccurred())
		return task.GateMode
	}

	It("is let past the gate in the sandbox, and meets it again when the run falls back", func() {
		run := submit("probe", v1alpha1.ModeSandbox)
		w.step(run)
		Expect(gateOf()).To(Equal(contract.GateReport))
		w.report(w.pod(), w.kubelet().Terminated(137, "OOMKilled", testutil.MakeRecord(run.UID, 0).Text()))
		w.carryOn(run, "True/Completed")
		Expect(w.read(run).Status.ExecutedMode).To(Equal(v1alpha1.ModeASTOnly))
		Expect(executor.taken[0].Task.GateMode).To(Equal(contract.GateEnforce))
	})

	It("meets the gate where Auto means the sandbox", func() {
		run := submit("auto", v1alpha1.ModeAuto)
		w.step(run)
		Expect(gateOf()).To(Equal(contract.GateEnforce))
	})

	It("meets the gate where there is no sandbox", func() {
		run := submit("direct", v1alpha1.ModeASTOnly)
		w.carryOn(run, "True/Completed")
		Expect(w.podsCreated()).To(BeZero())
		Expect(executor.taken[0].Task.GateMode).To(Equal(contract.GateEnforce))
	})
})
