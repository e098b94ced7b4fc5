package report

import (
	"strconv"
	"strings"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// estimate is one way to say what the sandbox costs.
type estimate struct {
	// Name and Meaning of the figure; Short is its name beside its mark in the plot.
	Name, Short, Meaning string
	// Percent and Interval are in words; Confidence as in "95 %".
	Percent, Interval, Confidence string

	value, lower, upper float64
	bounded             bool
	// deciding is the overhead by the formula, which chooses the band.
	deciding bool
}

// estimates are all that the status has, the one that decides first.
func estimates(b *v1alpha1.Benchmark) []estimate {
	s := b.Status.Statistics
	if s == nil {
		return nil
	}
	var found []estimate
	if percent, ok := percentOf(s.OverheadPercent); ok {
		deciding := estimate{value: percent, Interval: nothing, Confidence: nothing}
		if mean, ok := newEstimate(s.Mean); ok {
			deciding = mean
			deciding.value = percent
		}
		deciding.deciding = true
		deciding.Percent = withSign(s.OverheadPercent)
		deciding.Name, deciding.Short = "Overhead", "by the formula, which decides"
		deciding.Meaning = "The difference of the mean iteration times, from submit to verdict, divided by the baseline's. It chooses the band. Odd pairs widen its interval."
		found = append(found, deciding)
	}
	for _, each := range []struct {
		from                 *v1alpha1.Estimate
		name, short, meaning string
	}{
		{s.Paired, "Paired overhead", "mean of the pairs' ratios",
			"The mean of the pairs' log ratios as a percentage, with a t interval: each pair is compared with itself, so what slows both halves does not count."},
		{s.Median, "Median overhead", "their median",
			"Half of the pairs are above it. Odd pairs hardly move it: far from the other two, it says that there are some."},
		{s.CPU, "CPU time alone", "CPU time alone",
			"The same for the CPU time of the strategy's own process: what the sealed filter costs while the strategy computes."},
	} {
		if e, ok := newEstimate(each.from); ok {
			e.Name, e.Short, e.Meaning = each.name, each.short, each.meaning
			found = append(found, e)
		}
	}
	return found
}

func newEstimate(from *v1alpha1.Estimate) (estimate, bool) {
	if from == nil {
		return estimate{}, false
	}
	value, ok := percentOf(from.Percent)
	if !ok {
		return estimate{}, false
	}
	e := estimate{value: value, Percent: withSign(from.Percent), Interval: nothing, Confidence: nothing}
	lower, hasLower := percentOf(from.LowerPercent)
	upper, hasUpper := percentOf(from.UpperPercent)
	if hasLower && hasUpper && lower <= upper {
		e.lower, e.upper, e.bounded, e.Interval = lower, upper, true, strings.TrimSuffix(withSign(from.LowerPercent), " %")+" to "+withSign(from.UpperPercent)
		if confidence, ok := percentOf(from.Confidence); ok && confidence > 0 && confidence < 1 {
			e.Confidence = strconv.FormatFloat(confidence*100, 'f', -1, 32) + " %"
		}
	}
	return e, true
}

// estimateOf is the paired estimate: the one whose interval counts.
func estimateOf(s *v1alpha1.BenchmarkStatistics) (estimate, bool) {
	if s == nil {
		return estimate{}, false
	}
	return newEstimate(s.Paired)
}

// Figure is the number that stands in the plot: the interval, but for the figure that decides.
func (e estimate) Figure() string {
	if e.bounded && !e.deciding {
		return e.Interval
	}
	return e.Percent
}

// Of is what a wide plot adds: of which kind the interval is, or the interval itself.
func (e estimate) Of() string {
	switch {
	case !e.bounded:
		return ""
	case e.deciding:
		return ", interval " + e.Interval
	case e.Confidence == nothing:
		return ", interval"
	default:
		return ", " + e.Confidence + " interval"
	}
}
