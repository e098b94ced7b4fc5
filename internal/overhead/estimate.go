package overhead

import (
	"math"

	"golang.org/x/perf/benchmath"
)

// Estimate is a percentage with the interval that holds the true one with the given confidence.
type Estimate struct {
	Percent float64
	// Lower and Upper end of the interval; -Inf and +Inf where the pairs are too few to have one.
	Lower, Upper float64
	// Confidence of the interval: of an order-statistic interval it is what it really has, not what was asked for.
	Confidence float64
}

// Bounded says whether there is an interval at all.
func (e *Estimate) Bounded() bool {
	return !math.IsInf(e.Lower, 0) && !math.IsInf(e.Upper, 0)
}

// pairedEstimate is the geometric mean of the ratios with the t interval of the mean of their logarithms, or nil without
// ratios. On the log scale, twice as long and half as long cancel, and what slows both halves of a pair cancels too.
func pairedEstimate(ratios []float64, confidence float64) *Estimate {
	if len(ratios) == 0 {
		return nil
	}
	logs := make([]float64, len(ratios))
	for i, ratio := range ratios {
		logs[i] = math.Log(ratio)
	}
	summary := benchmath.AssumeNormal.Summary(sampleOf(logs), confidence)
	percent := func(log float64) float64 { return round9(math.Expm1(log) * 100) }
	estimate := Estimate{
		Percent: percent(summary.Center), Lower: math.Inf(-1), Upper: math.Inf(1), Confidence: summary.Confidence,
	}
	if !math.IsInf(summary.Lo, 0) {
		estimate.Lower, estimate.Upper = percent(summary.Lo), percent(summary.Hi)
	}
	return &estimate
}

// meanEstimate is the overhead of the means with the t interval of a ratio estimator: to first order, the ratio of two
// means misses the true one by the mean of the residuals sandbox - ratio x baseline, divided by the mean baseline
// (Cochran, Sampling Techniques, 3rd edition, section 6.3). Each pair's own share of that is put around the overhead.
func meanEstimate(sandbox, reference []int64, overhead, confidence float64) *Estimate {
	base := 0.0
	for _, time := range reference {
		base += float64(time)
	}
	base /= float64(len(reference))
	shares := make([]float64, len(sandbox))
	for i := range sandbox {
		residual := float64(sandbox[i]) - (1+overhead/100)*float64(reference[i])
		shares[i] = overhead + residual/base*100
	}
	summary := benchmath.AssumeNormal.Summary(sampleOf(shares), confidence)
	return &Estimate{Percent: overhead, Lower: round9(summary.Lo), Upper: round9(summary.Hi), Confidence: summary.Confidence}
}

// medianEstimate is the median of the ratios with its order-statistic interval, which assumes nothing about how they are
// distributed; nil without ratios.
func medianEstimate(ratios []float64, confidence float64) *Estimate {
	if len(ratios) == 0 {
		return nil
	}
	percents := make([]float64, len(ratios))
	for i, ratio := range ratios {
		percents[i] = round9((ratio - 1) * 100)
	}
	summary := benchmath.AssumeNothing.Summary(sampleOf(percents), confidence)
	return &Estimate{
		Percent: summary.Center, Lower: summary.Lo, Upper: summary.Hi, Confidence: summary.Confidence,
	}
}
