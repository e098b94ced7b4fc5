package integration

import (
	"fmt"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/testutil"
)

// maxBenchmarkCalls is more than the life of a short benchmark takes.
const maxBenchmarkCalls = 250

var _ = Describe("A manager that dies with a benchmark", func() {
	straight := func(t *track, bench *v1alpha1.Benchmark) { t.drive(bench) }
	interrupted := func(t *track, bench *v1alpha1.Benchmark) {
		t.drive(bench, func() bool { _, open := t.runs(bench); return len(open) > 0 })
		t.edit(bench, func(spec *benchmarkSpec) { spec.Suspend = ptr.To(true) })
		t.drive(bench)
		Expect(t.finished(bench)).To(Equal("False/Suspended"))
		t.edit(bench, func(spec *benchmarkSpec) { spec.Suspend = ptr.To(false) })
		t.drive(bench)
	}

	DescribeTable("at any call creates each run once and counts each pair once",
		func(kind fault, of func(call string) bool, warmup int32, life func(*track, *v1alpha1.Benchmark)) {
			for at := range maxBenchmarkCalls {
				t := newTrack()
				bench := t.propose(testutil.MakeBenchmark(t.namespace, "survivor").Iterations(2).With(func(spec *benchmarkSpec) {
					spec.Warmup, spec.Seed = &warmup, nil
				}))
				passed, failed := 0, ""
				t.calls.fault = func(number int, call string) fault {
					if !of(call) {
						return noFault
					}
					if passed++; passed != at+1 {
						return noFault
					}
					failed = fmt.Sprintf("call %d, %s", number, call)
					return kind
				}
				life(t, bench)
				t.calls.fault = nil
				Expect(t.finished(bench)).To(Equal("True/Decided"), failed)
				Expect(t.calls.created["strategyruns"]).To(Equal(4+2*int(warmup)), failed)
				Expect(t.calls.created["configmaps"]).To(Equal(1), failed)
				samples := t.samples(bench)
				Expect(samples.Pairs).To(HaveLen(2), failed)
				for i, pair := range samples.Pairs {
					Expect(pair.Index).To(Equal(int32(i)), failed)
					Expect(pair.Excluded).To(BeNil(), failed)
				}
				status := t.read(bench).Status
				Expect(status.Seed).To(HaveValue(Equal(samples.Seed)), failed)
				Expect(status.Statistics.ValidPairs).To(HaveValue(Equal(int32(2))), failed)
				Expect(status.Progress.Pairs).To(Equal("2/2"), failed)
				if failed == "" {
					Expect(at).To(BeNumerically(">=", 10), "there are calls to fail at")
					return
				}
				Expect(kube.Delete(t.ctx, bench)).To(Succeed())
			}
			Fail(fmt.Sprintf("a benchmark makes more than %d calls", maxBenchmarkCalls))
		},
		Entry("before it reaches the API server", notSent, anyCall, int32(1), straight),
		Entry("after it had its effect", answerLost, isWrite, int32(1), straight),
		Entry("after it had its effect, when the benchmark is suspended in between", answerLost, isWrite, int32(0), interrupted),
	)

	It("starts nothing for a benchmark that ended without its cache having seen it", func() {
		t := newTrack()
		bench := t.propose(testutil.MakeBenchmark(t.namespace, "stale"))
		t.step(bench)
		before := t.read(bench)
		t.edit(bench, func(spec *benchmarkSpec) { spec.Cancel = ptr.To(true) })
		t.step(bench)
		Expect(t.finished(bench)).To(Equal("True/Cancelled"))

		t.restart()
		t.calls.forget()
		t.behind(before)
		t.step(bench)
		all, _ := t.runs(bench)
		Expect(all).To(BeEmpty())
		Expect(slices.ContainsFunc(t.calls.writes(), func(call string) bool { return call == "create strategyruns" })).To(BeFalse())
	})
})
