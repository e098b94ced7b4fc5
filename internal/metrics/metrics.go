// Package metrics holds every collector of the manager. No label holds a name that users choose: each label's values are
// a closed list, written above its collector, so that the number of series does not grow with the number of runs.
package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// Metrics are the manager's collectors.
type Metrics struct {
	finished       *prometheus.CounterVec
	repeated       *prometheus.CounterVec
	denied         *prometheus.CounterVec
	phases         *prometheus.HistogramVec
	benchmarks     *prometheus.CounterVec
	pairs          *prometheus.CounterVec
	configReloads  *prometheus.CounterVec
	configLoadedAt prometheus.Gauge
	knownSyscalls  map[string]bool
}

// otherSyscall is the label value of every call that is not in the list given to New.
const otherSyscall = "other"

// New registers the collectors. syscalls are the names that get a label value of their own.
func New(registry prometheus.Registerer, syscalls []string) *Metrics {
	m := &Metrics{
		// verdict: the verdicts of v1alpha1; mode: Sandbox, ASTOnly, or empty when no attempt was started.
		finished: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stratbox_runs_finished_total",
			Help: "Runs that ended, by verdict and by the mode of the attempt that counts.",
		}, []string{"verdict", "mode"}),
		// from, to: Sandbox, ASTOnly; reason: the verdicts of v1alpha1. From Sandbox to ASTOnly is a fallback.
		repeated: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stratbox_attempts_repeated_total",
			Help: "Attempts that were followed by another, by their mode, the mode of the next, and the verdict that is the reason. From Sandbox to ASTOnly is a fallback.",
		}, []string{"from", "to", "reason"}),
		// syscall: the names in DeniedSyscalls, or other.
		denied: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stratbox_denied_syscalls_total",
			Help: "System calls of strategies that the sandbox denied, by name.",
		}, []string{"syscall"}),
		// phase: queued, started, imports, data, seal, gate, execution, scoring, total.
		phases: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "stratbox_run_phase_seconds",
			Help:    "How long the phases of runs took.",
			Buckets: []float64{.01, .03, .1, .3, 1, 3, 10, 30, 60, 120, 300, 900, 3600},
		}, []string{"phase"}),
		// reason: the reasons of a Benchmark's condition Finished;
		// decision: the decisions of v1alpha1, or empty when there is none.
		benchmarks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stratbox_benchmarks_finished_total",
			Help: "Benchmarks that ended, by the reason of their condition Finished and by decision.",
		}, []string{"reason", "decision"}),
		// outcome: measured, excluded.
		pairs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stratbox_benchmark_pairs_total",
			Help: "Pairs of benchmarks that were completed, by whether they count.",
		}, []string{"outcome"}),
		// result: success, failure.
		configReloads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stratbox_config_reloads_total",
			Help: "Changes of learning_system.yaml, by whether they were taken over.",
		}, []string{"result"}),
		configLoadedAt: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "stratbox_config_last_reload_success_timestamp_seconds",
			Help: "When learning_system.yaml was last taken over, in Unix seconds.",
		}),
		knownSyscalls: map[string]bool{},
	}
	for _, name := range syscalls {
		m.knownSyscalls[name] = true
	}
	registry.MustRegister(m.finished, m.repeated, m.denied, m.phases, m.benchmarks, m.pairs, m.configReloads, m.configLoadedAt)
	return m
}

// RegisterQueue adds the gauges of runs that wait and of runs under way, counted when they are scraped.
func RegisterQueue(registry prometheus.Registerer, count func() (waiting, running int)) {
	registry.MustRegister(queue{
		count:   count,
		waiting: prometheus.NewDesc("stratbox_runs_queued", "Runs that wait for their turn.", nil, nil),
		running: prometheus.NewDesc("stratbox_runs_running", "Runs with an attempt under way.", nil, nil),
	})
}

type queue struct {
	count            func() (waiting, running int)
	waiting, running *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (q queue) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- q.waiting
	descriptions <- q.running
}

// Collect implements prometheus.Collector.
func (q queue) Collect(collected chan<- prometheus.Metric) {
	waiting, running := q.count()
	collected <- prometheus.MustNewConstMetric(q.waiting, prometheus.GaugeValue, float64(waiting))
	collected <- prometheus.MustNewConstMetric(q.running, prometheus.GaugeValue, float64(running))
}

// RunFinished counts a run that ended, with what its status says.
func (m *Metrics) RunFinished(verdict v1alpha1.Verdict, status v1alpha1.StrategyRunStatus) {
	m.finished.WithLabelValues(string(verdict), string(status.ExecutedMode)).Inc()
	for _, violation := range status.Violations {
		m.denied.WithLabelValues(m.syscallLabel(violation.Syscall)).Add(count(violation.Count))
	}
	if dropped := count(status.ViolationsDropped); dropped > 0 {
		m.denied.WithLabelValues(otherSyscall).Add(dropped)
	}
	if status.Result != nil && status.Result.Timings != nil {
		m.observe(*status.Result.Timings)
	}
}

func (m *Metrics) observe(timings v1alpha1.Timings) {
	for phase, millis := range map[string]*int64{
		"queued": timings.QueuedMillis, "started": timings.StartedMillis, "imports": timings.ImportsMillis,
		"data": timings.DataMillis, "seal": timings.SealMillis, "gate": timings.GateMillis,
		"execution": timings.ExecutionMillis, "scoring": timings.ScoringMillis, "total": timings.TotalMillis,
	} {
		if millis != nil {
			m.phases.WithLabelValues(phase).Observe(float64(*millis) / 1000)
		}
	}
}

// Repeated counts an attempt that is followed by another because of its verdict.
func (m *Metrics) Repeated(from, to v1alpha1.Mode, reason v1alpha1.Verdict) {
	m.repeated.WithLabelValues(string(from), string(to), string(reason)).Inc()
}

// BenchmarkFinished counts a benchmark that ended.
func (m *Metrics) BenchmarkFinished(reason string, decision v1alpha1.Decision) {
	m.benchmarks.WithLabelValues(reason, string(decision)).Inc()
}

// PairCompleted counts a pair of a benchmark.
func (m *Metrics) PairCompleted(excluded bool) {
	outcome := "measured"
	if excluded {
		outcome = "excluded"
	}
	m.pairs.WithLabelValues(outcome).Inc()
}

// ConfigLoaded counts a change of the configuration that was taken over.
func (m *Metrics) ConfigLoaded(now time.Time) {
	m.configReloads.WithLabelValues("success").Inc()
	m.configLoadedAt.Set(float64(now.Unix()))
}

// ConfigRefused counts a change of the configuration that was not taken over.
func (m *Metrics) ConfigRefused() {
	m.configReloads.WithLabelValues("failure").Inc()
}

func (m *Metrics) syscallLabel(name string) string {
	if m.knownSyscalls[name] {
		return name
	}
	return otherSyscall
}

func count(value *int64) float64 {
	if value == nil {
		return 0
	}
	return float64(*value)
}
