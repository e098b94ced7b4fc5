package overhead

import (
	"math"

	"golang.org/x/perf/benchmath"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// Statistics are exact: rounding is left to whoever prints them.
type Statistics struct {
	// Valid pairs count, Excluded ones do not.
	Valid, Excluded int
	// Overhead is (mean sandbox - mean baseline) / mean baseline x 100; nil without valid pairs.
	Overhead *float64
	// Mean is Overhead with the t interval of a ratio of means.
	Mean *Estimate
	// Paired is the mean of the log ratios of iteration times as a percentage, with its t interval.
	Paired *Estimate
	// Median is the median of the ratios as a percentage, with its order-statistic interval.
	Median *Estimate
	// CPU is as Paired, of the CPU time of the strategy's process, over the CPUPairs valid pairs in which both halves have one.
	CPU      *Estimate
	CPUPairs int
	// Sandbox and Baseline sum up the halves of each mode.
	Sandbox, Baseline Halves
	// Phases are the means of each phase over the valid pairs, in the order in which they happen.
	Phases []Phase
}

// Halves sum up the halves of one mode.
type Halves struct {
	// Runs were submitted, Succeeded of them scored.
	Runs, Succeeded int
	// MeanMillis and MedianMillis of submit to verdict over the valid pairs; nil without any.
	MeanMillis, MedianMillis *float64
}

// Phase is the mean time of one phase in both modes; nil where no half has it.
type Phase struct {
	Name                          string
	SandboxMillis, BaselineMillis *float64
}

// Measure computes the statistics of completed pairs. The intervals have the given levels.
// baseline is the mode that the sandbox is compared with.
func Measure(pairs []Pair, baseline v1alpha1.Mode, levels Levels) Statistics {
	var statistics Statistics
	var valid []*Pair
	for i := range pairs {
		pair := &pairs[i]
		statistics.Sandbox.count(&pair.Sandbox)
		statistics.Baseline.count(&pair.Baseline)
		if Exclude(pair, baseline) == nil {
			valid = append(valid, pair)
		}
	}
	statistics.Valid, statistics.Excluded = len(valid), len(pairs)-len(valid)
	if len(valid) == 0 {
		return statistics
	}
	sandbox, reference := totals(valid, sandboxed), totals(valid, unsandboxed)
	statistics.Overhead = formula(sandbox, reference)
	statistics.Mean = meanEstimate(sandbox, reference, *statistics.Overhead, levels.Paired)
	ratios := quotients(sandbox, reference)
	statistics.Paired = pairedEstimate(ratios, levels.Paired)
	statistics.Median = medianEstimate(ratios, levels.Median)

	cpu := quotients(cpuTimes(valid))
	statistics.CPU, statistics.CPUPairs = pairedEstimate(cpu, levels.Paired), len(cpu)

	statistics.Sandbox.MeanMillis, statistics.Sandbox.MedianMillis = center(sandbox)
	statistics.Baseline.MeanMillis, statistics.Baseline.MedianMillis = center(reference)
	statistics.Phases = phases(valid)
	return statistics
}

func (h *Halves) count(half *Half) {
	// A half that was never submitted, because the other one had failed already, is not a run.
	if half.Run != "" {
		h.Runs++
	}
	if half.Verdict == v1alpha1.VerdictCompleted {
		h.Succeeded++
	}
}

func sandboxed(pair *Pair) *Half   { return &pair.Sandbox }
func unsandboxed(pair *Pair) *Half { return &pair.Baseline }

func totals(pairs []*Pair, half func(*Pair) *Half) []int64 {
	times := make([]int64, len(pairs))
	for i, pair := range pairs {
		times[i] = half(pair).Times.Total
	}
	return times
}

// cpuTimes leaves out the pairs in which a half has no CPU time: nothing can be divided by it.
func cpuTimes(pairs []*Pair) (sandbox, reference []int64) {
	for _, pair := range pairs {
		if pair.Sandbox.CPUMillis > 0 && pair.Baseline.CPUMillis > 0 {
			sandbox = append(sandbox, pair.Sandbox.CPUMillis)
			reference = append(reference, pair.Baseline.CPUMillis)
		}
	}
	return sandbox, reference
}

// formula divides sums instead of means, which is the same and exact: a mean that is no whole number of milliseconds
// must not carry an overhead of exactly 50 % to the other side.
func formula(sandbox, reference []int64) *float64 {
	var difference, base float64 // of whole numbers below 2^53: exact
	for i := range sandbox {
		difference += float64(sandbox[i]) - float64(reference[i])
		base += float64(reference[i])
	}
	overhead := difference * 100 / base
	return &overhead
}

func quotients(sandbox, reference []int64) []float64 {
	ratios := make([]float64, len(sandbox))
	for i := range sandbox {
		ratios[i] = float64(sandbox[i]) / float64(reference[i])
	}
	return ratios
}

// center is mean and median.
func center(times []int64) (mean, median *float64) {
	values := make([]float64, len(times))
	for i, time := range times {
		values[i] = float64(time)
	}
	sample := sampleOf(values)
	normal := benchmath.AssumeNormal.Summary(sample, 0)
	nothing := benchmath.AssumeNothing.Summary(sample, 0)
	return &normal.Center, &nothing.Center
}

// sampleOf sorts values, which makes every sum over them independent of the order in which they were measured.
func sampleOf(values []float64) *benchmath.Sample {
	return benchmath.NewSample(values, &benchmath.DefaultThresholds)
}

// round9 takes away what floating point added: the logarithm and back make 49.99999999999999 of exactly 50.
func round9(percent float64) float64 {
	const digits = 1e9
	if math.Abs(percent) > 1e6 {
		return percent
	}
	return math.Round(percent*digits) / digits
}
