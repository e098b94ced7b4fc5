package integration

import (
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// end gives a run its verdict, as the controller of runs would.
func (t *track) end(run *v1alpha1.StrategyRun) {
	GinkgoHelper()
	submitted, err := time.Parse(time.RFC3339Nano, run.Annotations[v1alpha1.AnnotationSubmittedAt])
	Expect(err).NotTo(HaveOccurred())
	verdict := submitted.Add(t.took(run))
	if t.clock.Now().Before(verdict) {
		t.clock.SetTime(verdict)
	}
	since := func(moment time.Time) *int64 { return ptr.To(moment.Sub(run.CreationTimestamp.Time).Milliseconds()) }
	attempt := v1alpha1.Attempt{
		Index: ptr.To(int32(0)), Mode: run.Spec.Mode, Node: "node0", Verdict: v1alpha1.VerdictCompleted,
		StartTime: ptr.To(metav1.NewTime(submitted)), FinishTime: ptr.To(metav1.NewTime(verdict)),
	}
	if run.Spec.Mode == v1alpha1.ModeSandbox {
		attempt.Pod, attempt.PodUID = run.Name+"-0", "0f0e0d0c-0000-4000-8000-000000000000"
	}
	status := v1alpha1.StrategyRunStatus{
		ExecutedMode: run.Spec.Mode, StartTime: attempt.StartTime, FinishTime: attempt.FinishTime,
		Attempts: []v1alpha1.Attempt{attempt},
		Result: &v1alpha1.Result{
			Metrics: map[string]string{"total_return": "0.8412"}, CPUMillis: ptr.To(int64(1500)), PeakMemoryBytes: ptr.To(int64(400 << 20)),
			Timings: &v1alpha1.Timings{
				QueuedMillis: since(submitted.Add(30 * time.Millisecond)), StartedMillis: ptr.To(int64(400)),
				ImportsMillis: ptr.To(int64(300)), DataMillis: ptr.To(int64(2)), SealMillis: ptr.To(int64(20)), GateMillis: ptr.To(int64(10)),
				ExecutionMillis: ptr.To(int64(1200)), ScoringMillis: ptr.To(int64(60)), TotalMillis: since(verdict),
			},
		},
		Environment: &v1alpha1.Environment{
			Dataset: measuredDataset, Image: "stratbox.dev/runner@sha256:2c26", Profile: "stratbox/strategy-0123456789ab.json",
			Policy: "sha256:6030", Detection: v1alpha1.DetectionFull,
		},
	}
	setEnd(&status, v1alpha1.VerdictCompleted, "")
	if run.Spec.Cancel != nil && *run.Spec.Cancel {
		setEnd(&status, v1alpha1.VerdictCancelled, "the run was cancelled by spec.cancel")
	} else if t.ends != nil {
		t.ends(run, &status)
	}
	updated := run.DeepCopy()
	updated.Status = status
	Expect(kube.Status().Patch(t.ctx, updated, client.MergeFrom(run))).To(Succeed())
}

// setEnd writes a verdict into a status.
func setEnd(status *v1alpha1.StrategyRunStatus, verdict v1alpha1.Verdict, message string) {
	succeeded := metav1.ConditionFalse
	if verdict == v1alpha1.VerdictCompleted {
		succeeded = metav1.ConditionTrue
	}
	for kind, value := range map[string]metav1.ConditionStatus{
		v1alpha1.ConditionFinished: metav1.ConditionTrue, v1alpha1.ConditionSucceeded: succeeded,
	} {
		apimeta.SetStatusCondition(&status.Conditions, metav1.Condition{Type: kind, Status: value, Reason: string(verdict), Message: message})
	}
	for i := range status.Attempts {
		status.Attempts[i].Verdict = verdict
	}
}

// maxSteps is more than any benchmark of a test takes.
const maxSteps = 600

// drive lets manager and runs go on until the benchmark has ended, until says so, or nothing happens any more. A manager whose
// call fails is replaced.
func (t *track) drive(bench *v1alpha1.Benchmark, until ...func() bool) {
	GinkgoHelper()
	idle := 0
	for range maxSteps {
		before := t.read(bench).ResourceVersion
		_, err := t.try(bench)
		if err != nil {
			t.restart()
		}
		if strings.HasPrefix(t.finished(bench), "True/") {
			return
		}
		for _, reached := range until {
			if reached() {
				return
			}
		}
		_, open := t.runs(bench)
		for i := range open {
			t.end(&open[i])
		}
		// A Pod is gone two seconds after its run's verdict.
		if len(open) > 0 {
			if _, err = t.try(bench); err != nil {
				t.restart()
			}
			t.clock.Step(2 * time.Second)
			for _, reached := range until {
				if reached() {
					return
				}
			}
		}
		if idle++; len(open) > 0 || err != nil || t.read(bench).ResourceVersion != before {
			idle = 0
		}
		if idle > 2 {
			return
		}
	}
	Fail("the benchmark does not end")
}
