package integration

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
	"github.com/stratbox/stratbox/internal/testutil"
)

var _ = Describe("A benchmark", func() {
	var t *track

	BeforeEach(func() { t = newTrack() })

	It("measures its pairs one half at a time and decides", func() {
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "honest").With(func(spec *v1alpha1.BenchmarkSpec) {
			spec.Warmup = ptr.To(int32(1))
		}))
		most := 0
		t.drive(bench, func() bool {
			_, open := t.runs(bench)
			most = max(most, len(open))
			return false
		})
		Expect(t.finished(bench)).To(Equal("True/Decided"))
		Expect(most).To(Equal(1), "runs at a time")
		all, _ := t.runs(bench)
		Expect(all).To(HaveLen(42), "20 pairs and one to warm up")

		status := t.read(bench).Status
		Expect(status.Decision).To(Equal(v1alpha1.DecisionEnableByDefault))
		Expect(status.Progress.Pairs).To(Equal("20/20"))
		Expect(status.Progress.Remaining).To(BeEmpty())
		Expect(status.Statistics.ValidPairs).To(HaveValue(Equal(int32(20))))
		Expect(status.Strategies).To(HaveLen(1))
		Expect(status.Strategies[0].Digest).To(HavePrefix("sha256:"))
		Expect(status.SamplesConfigMap).To(Equal("honest-samples"))
		Expect(status.Environment.Node).To(Equal("node0"))
		Expect(status.Environment.Operator).To(Equal("v0.0.0-test"))
		Expect(status.Environment.Dataset).To(Equal(measuredDataset))

		samples := t.samples(bench)
		Expect(samples.Seed).To(Equal(int64(7)))
		Expect(samples.Pairs).To(HaveLen(20))
		firsts := 0
		for i, pair := range samples.Pairs {
			Expect(pair.Index).To(Equal(int32(i)))
			Expect(pair.Excluded).To(BeNil())
			Expect(pair.SandboxFirst).To(Equal(overhead.Order(7, int32(i))))
			Expect(pair.Sandbox.SubmittedAt.Before(pair.Baseline.SubmittedAt)).To(Equal(pair.SandboxFirst))
			Expect(pair.Sandbox.Times.Total).To(And(BeNumerically(">=", 2500), BeNumerically("<", 2600)), "submit to verdict")
			Expect(pair.Sandbox.Times.Queue).To(BeNumerically("~", 30, 1))
			Expect(pair.Sandbox.Times.End).To(HaveValue(BeNumerically("<=", 2000)))
			Expect(pair.Baseline.Times.End).To(BeNil(), "there is no Pod")
			if pair.SandboxFirst {
				firsts++
			}
		}
		Expect(firsts).To(And(BeNumerically(">", 3), BeNumerically("<", 17)))
	})

	It("writes little: two runs, the samples and one status for each pair", func() {
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "frugal").Iterations(2))
		t.drive(bench)
		Expect(t.finished(bench)).To(Equal("True/Decided"))
		Expect(t.calls.writes()).To(Equal([]string{
			"patch benchmarks/status",
			"create strategyruns", "create strategyruns", "create configmaps", "patch benchmarks/status",
			"create strategyruns", "create strategyruns", "update configmaps", "patch benchmarks/status",
		}))
	})

	It("tells how long the rest takes", func() {
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "eta").Iterations(4))
		t.drive(bench, func() bool {
			progress := t.read(bench).Status.Progress
			return progress != nil && progress.Pairs == "2/4"
		})
		progress := t.read(bench).Status.Progress
		remaining, err := time.ParseDuration(progress.Remaining)
		Expect(err).NotTo(HaveOccurred())
		Expect(remaining).To(And(BeNumerically(">=", 8*time.Second), BeNumerically("<=", 14*time.Second)))
		Expect(progress.EstimatedFinishTime.Time).To(BeTemporally("~", t.clock.Now().Add(remaining), 5*time.Second))
	})
})
