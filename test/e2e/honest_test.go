package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

const (
	functionStyle = `
def strategy(data):
    close = data.get('price:收盤價')
    return close.pct_change(120).rank(axis=1, ascending=False) <= 15
`
	scriptStyle = `
pb = data.get('price_earning_ratio:股價淨值比')
position = pb.is_smallest(20)
report = sim(position, resample='M', stop_loss=0.2)
print(report.get_stats())
`
)

var _ = Describe("An honest strategy", func() {
	It("is scored within a minute on ten million points, and its Pod is gone ten seconds later", func(ctx SpecContext) {
		begin := time.Now()
		run := execute(ctx, functionStyle)
		Expect(time.Since(begin)).To(BeNumerically("<", time.Minute))
		expectVerdict(run, v1alpha1.VerdictCompleted)
		podGone(ctx, run, 10*time.Second)

		Expect(run.Status.ExecutedMode).To(Equal(v1alpha1.ModeSandbox))
		Expect(run.Status.Result.Metrics).To(And(HaveKey("daily_sharpe"), HaveKey("total_return"), HaveKey("max_drawdown")))
		Expect(run.Status.Violations).To(BeEmpty())
		timings := run.Status.Result.Timings
		Expect(*timings.StartedMillis).To(BeNumerically("<", 10_000), "from Pod creation to the runner's first instruction")
		Expect(*timings.TotalMillis).To(BeNumerically("<", 60_000))
		Expect(run.Status.Environment).To(HaveValue(And(
			HaveField("Detection", v1alpha1.DetectionFull),
			HaveField("Profile", HavePrefix("stratbox/strategy-")),
			HaveField("Dataset", Not(BeEmpty())),
			HaveField("Policy", Not(BeEmpty())),
			HaveField("CPUModel", Not(BeEmpty())),
			HaveField("CgroupVersion", MatchRegexp("^v[12]$")),
			HaveField("Speculation", ContainSubstring("store bypass: ")),
		)))
		AddReportEntry("environment", run.Status.Environment)
	})

	It("gets the same score in a function and in every repetition", func(ctx SpecContext) {
		first, second := execute(ctx, scriptStyle), execute(ctx, scriptStyle)
		expectVerdict(first, v1alpha1.VerdictCompleted)
		expectVerdict(second, v1alpha1.VerdictCompleted)
		Expect(first.Status.Result.Metrics).To(Equal(second.Status.Result.Metrics))
	})

	It("may come from a ConfigMap", func(ctx SpecContext) {
		source := &corev1.ConfigMap{Data: map[string]string{"momentum.py": functionStyle}}
		source.Namespace, source.Name = runsNamespace, "e2e-source"
		Expect(cluster.Create(ctx, source)).To(Succeed())
		DeferCleanup(func(ctx SpecContext) { Expect(cluster.Delete(ctx, source)).To(Succeed()) })
		run := execute(ctx, "", func(r *v1alpha1.StrategyRun) {
			r.Spec.Source = v1alpha1.StrategySource{ConfigMapKeyRef: &v1alpha1.ConfigMapKeyReference{Name: source.Name, Key: "momentum.py"}}
		})
		expectVerdict(run, v1alpha1.VerdictCompleted)
	})

	It("reads its parameters", func(ctx SpecContext) {
		run := execute(ctx, `
def strategy(data):
    assert params == {'holdings': 15, 'label': 'x1', 'long': True}, params
    return data.get('price:收盤價').is_largest(params['holdings'])
`, func(r *v1alpha1.StrategyRun) {
			r.Spec.Parameters = map[string]string{"holdings": "15", "label": "x1", "long": "true"}
		})
		expectVerdict(run, v1alpha1.VerdictCompleted)
	})

	It("is not disturbed by four others that run out of memory, past the deadline, into an error or are honest too", func(ctx SpecContext) {
		alone := execute(ctx, functionStyle)
		expectVerdict(alone, v1alpha1.VerdictCompleted)

		honest, honestToo := submit(ctx, functionStyle), submit(ctx, scriptStyle)
		oom := submit(ctx, outOfMemory, memory("512Mi"))
		endless := submit(ctx, endlessLoop, deadline(8))
		failing := submit(ctx, "def strategy(data):\n    return 1 / 0\n")

		together := finished(ctx, honest)
		expectVerdict(together, v1alpha1.VerdictCompleted)
		Expect(together.Status.Result.Metrics).To(Equal(alone.Status.Result.Metrics))
		expectVerdict(finished(ctx, honestToo), v1alpha1.VerdictCompleted)
		expectVerdict(finished(ctx, oom), v1alpha1.VerdictOOMKilled)
		expectVerdict(finished(ctx, endless), v1alpha1.VerdictDeadlineExceeded)
		failed := finished(ctx, failing)
		expectVerdict(failed, v1alpha1.VerdictStrategyError)
		_, message := verdict(failed)
		Expect(message).To(ContainSubstring("ZeroDivisionError"))
		Expect(message).To(ContainSubstring("line 2"))
	})
})

var _ = Describe("The samples", func() {
	samples, err := filepath.Glob("../../config/samples/*.yaml")
	// Benchmarks have tests of their own.
	samples = slices.DeleteFunc(samples, func(file string) bool { return strings.HasPrefix(filepath.Base(file), "benchmark_") })
	if err != nil || len(samples) == 0 {
		panic("there are no samples")
	}
	expected := map[string]v1alpha1.Verdict{
		"rejected":      v1alpha1.VerdictASTRejected,
		"out-of-memory": v1alpha1.VerdictOOMKilled,
		"never-ends":    v1alpha1.VerdictDeadlineExceeded,
	}
	for _, file := range samples {
		It("end as they say: "+filepath.Base(file), func(ctx SpecContext) {
			text, err := os.ReadFile(file)
			Expect(err).NotTo(HaveOccurred())
			sample := &v1alpha1.StrategyRun{}
			Expect(yaml.UnmarshalStrict(text, sample)).To(Succeed())
			run := execute(ctx, "", func(r *v1alpha1.StrategyRun) {
				fallback := r.Spec.Fallback
				r.Spec = sample.Spec
				r.Spec.Fallback = fallback
			})
			want, isBad := expected[sample.Name]
			if !isBad {
				want = v1alpha1.VerdictCompleted
			}
			expectVerdict(run, want)
			Expect(run.Status.Violations).To(BeEmpty())
			if want == v1alpha1.VerdictASTRejected {
				Expect(run.Status.Gate).To(HaveValue(And(
					HaveField("Rule", "import-not-allowed"),
					HaveField("Line", HaveValue(Equal(int32(1)))),
					HaveField("Message", Not(BeEmpty())),
				)))
			}
		})
	}
})

var _ = Describe("A run's object", func() {
	It("is deleted when its time to live has passed", func(ctx SpecContext) {
		ttl := int32(1)
		run := submit(ctx, functionStyle, func(r *v1alpha1.StrategyRun) { r.Spec.TTLSecondsAfterFinished = &ttl })
		Eventually(ctx, func() error {
			return cluster.Get(ctx, client.ObjectKeyFromObject(run), &v1alpha1.StrategyRun{})
		}).Should(MatchError(ContainSubstring("not found")))
		podGone(ctx, run, 10*time.Second)
	})

	It("waits while it is suspended, and is stopped and started afresh", func(ctx SpecContext) {
		run := submit(ctx, endlessLoop, deadline(5))
		executing(ctx, run)
		setSuspend := func(suspend bool) {
			Expect(cluster.Patch(ctx, run.DeepCopy(), client.RawPatch("application/merge-patch+json",
				map[bool][]byte{true: []byte(`{"spec":{"suspend":true}}`), false: []byte(`{"spec":{"suspend":false}}`)}[suspend]))).To(Succeed())
		}
		setSuspend(true)
		podGone(ctx, run, 10*time.Second)
		setSuspend(false)
		ended := finished(ctx, run)
		expectVerdict(ended, v1alpha1.VerdictDeadlineExceeded)
		Expect(ended.Status.Attempts).To(HaveExactElements(
			HaveField("Verdict", v1alpha1.VerdictSuspended), HaveField("Verdict", v1alpha1.VerdictDeadlineExceeded)))
	})

	It("ends at once when it is cancelled", func(ctx SpecContext) {
		run := submit(ctx, endlessLoop)
		executing(ctx, run)
		Expect(cluster.Patch(ctx, run.DeepCopy(), client.RawPatch("application/merge-patch+json", []byte(`{"spec":{"cancel":true}}`)))).To(Succeed())
		expectVerdict(finished(ctx, run), v1alpha1.VerdictCancelled)
		podGone(ctx, run, 10*time.Second)
	})
})
