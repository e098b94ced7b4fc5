package overhead

import (
	"math"

	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// The status stays small: all raw samples are in a ConfigMap.
const (
	maxExclusions = 16
	maxSamples    = 20
)

// report writes what was measured in the words of the API.
func (r *rules) report(pairs []Pair, statistics *Statistics) Assessment {
	reported := &v1alpha1.BenchmarkStatistics{
		ValidPairs:    ptr.To(int32(statistics.Valid)),
		ExcludedPairs: ptr.To(int32(statistics.Excluded)),
		Paired:        r.estimate(statistics.Paired),
		Mean:          r.estimate(statistics.Mean),
		Median:        r.estimate(statistics.Median),
		CPU:           r.estimate(statistics.CPU),
		Sandbox:       halves(&statistics.Sandbox),
		Baseline:      halves(&statistics.Baseline),
	}
	if statistics.Overhead != nil {
		reported.OverheadPercent = decimal(*statistics.Overhead, r.optional, r.documentOnly)
	}
	assessment := Assessment{Statistics: reported}
	for _, phase := range statistics.Phases {
		assessment.Breakdown = append(assessment.Breakdown, v1alpha1.PhaseMeans{
			Name: phase.Name, SandboxMillis: wholeMillis(phase.SandboxMillis), BaselineMillis: wholeMillis(phase.BaselineMillis),
		})
	}
	for i := range pairs {
		pair := &pairs[i]
		if exclusion := Exclude(pair, r.baseline); exclusion != nil {
			named := *exclusion
			named.Pair = ptr.To(pair.Index)
			assessment.Exclusions = append(assessment.Exclusions, named)
			continue
		}
		assessment.Samples = append(assessment.Samples, v1alpha1.PairSample{
			Pair: ptr.To(pair.Index), SandboxMillis: ptr.To(pair.Sandbox.Times.Total), BaselineMillis: ptr.To(pair.Baseline.Times.Total),
		})
	}
	assessment.Exclusions = assessment.Exclusions[:min(len(assessment.Exclusions), maxExclusions)]
	assessment.Samples = assessment.Samples[max(len(assessment.Samples)-maxSamples, 0):]
	return assessment
}

func (r *rules) estimate(exact *Estimate) *v1alpha1.Estimate {
	if exact == nil {
		return nil
	}
	text := func(percent float64) string {
		if math.IsInf(percent, 0) {
			return ""
		}
		return decimal(percent, r.optional, r.documentOnly)
	}
	reported := &v1alpha1.Estimate{
		Percent: text(exact.Percent), LowerPercent: text(exact.Lower), UpperPercent: text(exact.Upper),
	}
	if exact.Bounded() {
		reported.Interval = reported.LowerPercent + " to " + reported.UpperPercent
		reported.Confidence = confidence(exact.Confidence)
	}
	return reported
}

func halves(exact *Halves) *v1alpha1.HalfStatistics {
	return &v1alpha1.HalfStatistics{
		Runs: ptr.To(int32(exact.Runs)), Succeeded: ptr.To(int32(exact.Succeeded)),
		MeanMillis: wholeMillis(exact.MeanMillis), MedianMillis: wholeMillis(exact.MedianMillis),
	}
}

// wholeMillis leaves out what is below a millisecond, so that a mean just below the floor is not shown as the floor. The
// phases are measured by other clocks than the whole, so that their rest may be a little below nothing.
func wholeMillis(exact *float64) *int64 {
	if exact == nil {
		return nil
	}
	return ptr.To(max(int64(*exact), 0))
}
