package metrics_test

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/metrics"
)

func TestARunThatEndedIsCountedByVerdictModeSyscallAndPhase(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	collectors := metrics.New(registry, metrics.DeniedSyscalls)
	collectors.RunFinished(v1alpha1.VerdictSecurityViolation, v1alpha1.StrategyRunStatus{
		ExecutedMode: v1alpha1.ModeSandbox,
		Violations: []v1alpha1.Violation{
			{Syscall: "socket", Count: ptr.To(int64(3))},
			{Syscall: "syscall_9999", Count: ptr.To(int64(2))},
		},
		ViolationsDropped: ptr.To(int64(5)),
		Result:            &v1alpha1.Result{Timings: &v1alpha1.Timings{ExecutionMillis: ptr.To(int64(250))}},
	})
	collectors.RunFinished(v1alpha1.VerdictNotAccepted, v1alpha1.StrategyRunStatus{})
	want := `
# HELP stratbox_denied_syscalls_total System calls of strategies that the sandbox denied, by name.
# TYPE stratbox_denied_syscalls_total counter
stratbox_denied_syscalls_total{syscall="other"} 7
stratbox_denied_syscalls_total{syscall="socket"} 3
# HELP stratbox_runs_finished_total Runs that ended, by verdict and by the mode of the attempt that counts.
# TYPE stratbox_runs_finished_total counter
stratbox_runs_finished_total{mode="",verdict="NotAccepted"} 1
stratbox_runs_finished_total{mode="Sandbox",verdict="SecurityViolation"} 1
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want),
		"stratbox_denied_syscalls_total", "stratbox_runs_finished_total"); err != nil {
		t.Error(err)
	}
	if got := testutil.CollectAndCount(registry, "stratbox_run_phase_seconds"); got != 1 {
		t.Errorf("%d phases have observations, want execution alone", got)
	}
}

func TestBenchmarksAreCountedByReasonAndDecisionAndTheirPairsByWhetherTheyCount(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	collectors := metrics.New(registry, nil)
	collectors.PairCompleted(false)
	collectors.PairCompleted(false)
	collectors.PairCompleted(true)
	collectors.BenchmarkFinished(v1alpha1.ReasonDecided, v1alpha1.DecisionOptional)
	collectors.BenchmarkFinished(v1alpha1.ReasonCancelled, "")
	want := `
# HELP stratbox_benchmark_pairs_total Pairs of benchmarks that were completed, by whether they count.
# TYPE stratbox_benchmark_pairs_total counter
stratbox_benchmark_pairs_total{outcome="excluded"} 1
stratbox_benchmark_pairs_total{outcome="measured"} 2
# HELP stratbox_benchmarks_finished_total Benchmarks that ended, by the reason of their condition Finished and by decision.
# TYPE stratbox_benchmarks_finished_total counter
stratbox_benchmarks_finished_total{decision="",reason="Cancelled"} 1
stratbox_benchmarks_finished_total{decision="Optional",reason="Decided"} 1
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want),
		"stratbox_benchmark_pairs_total", "stratbox_benchmarks_finished_total"); err != nil {
		t.Error(err)
	}
}

func TestReloadsAreCountedAndTheLastGoodOneIsDated(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	collectors := metrics.New(registry, nil)
	collectors.ConfigLoaded(time.Unix(1_790_000_000, 0))
	collectors.ConfigRefused()
	want := `
# HELP stratbox_config_last_reload_success_timestamp_seconds When learning_system.yaml was last taken over, in Unix seconds.
# TYPE stratbox_config_last_reload_success_timestamp_seconds gauge
stratbox_config_last_reload_success_timestamp_seconds 1.79e+09
# HELP stratbox_config_reloads_total Changes of learning_system.yaml, by whether they were taken over.
# TYPE stratbox_config_reloads_total counter
stratbox_config_reloads_total{result="failure"} 1
stratbox_config_reloads_total{result="success"} 1
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want),
		"stratbox_config_reloads_total", "stratbox_config_last_reload_success_timestamp_seconds"); err != nil {
		t.Error(err)
	}
}

func TestTheQueueIsCountedWhenItIsAskedFor(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	waiting, running := 0, 0
	metrics.RegisterQueue(registry, func() (int, int) { return waiting, running })
	waiting, running = 7, 5
	want := `
# HELP stratbox_runs_queued Runs that wait for their turn.
# TYPE stratbox_runs_queued gauge
stratbox_runs_queued 7
# HELP stratbox_runs_running Runs with an attempt under way.
# TYPE stratbox_runs_running gauge
stratbox_runs_running 5
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want)); err != nil {
		t.Error(err)
	}
}
