package report

import (
	"fmt"
	"slices"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
)

// pairsPlot shows both iteration times of every pair in the order in which they were measured: what drifts shows here.
type pairsPlot struct {
	Title, Description        string
	Height, Bottom            int
	Lines                     []level
	Ticks                     []tick
	Marks                     []pairMark
	Excluded                  []pairMark
	Sandbox, Baseline         string
	SandboxMean, BaselineMean int
	Crowded                   bool
	// Rest is where pairs are still to come.
	RestX, RestWidth, RestLabel string
}

// level is a labelled height.
type level struct {
	Y     int
	Label string
}

type pairMark struct {
	X, Left, Width    string
	Sandbox, Baseline int
	Upper, Lower      int
	Told              string
}

const (
	pairsTop     = 18
	pairsBottom  = 236
	pairsHeight  = 282
	crowdedPairs = 100
)

// RestHeight is the height of the space for pairs to come.
func (*pairsPlot) RestHeight() int { return pairsBottom - pairsTop }

// Radius of a sandboxed half's mark.
func (p *pairsPlot) Radius() string { return radius(len(p.Marks)) }

// Diamond is the outline of a baseline half's mark.
func (p *pairsPlot) Diamond() string {
	if len(p.Marks) > 60 {
		return "M0-3L3 0L0 3L-3 0Z"
	}
	return "M0-5L5 0L0 5L-5 0Z"
}

// Cross is the outline of an excluded pair's mark.
func (p *pairsPlot) Cross() string {
	if len(p.Marks)+len(p.Excluded) > crowdedPairs {
		return "M-2-4L2 4"
	}
	return "M-4-4L4 4M-4 4L4-4"
}

func newPairsPlot(b *v1alpha1.Benchmark, pairs []overhead.Pair) *pairsPlot {
	if len(pairs) == 0 {
		return nil
	}
	first, last := int(pairs[0].Index), int(pairs[len(pairs)-1].Index)
	planned := last + 1
	if p := b.Status.Progress; p != nil && !finished(b) {
		planned = max(planned, deref(p.PlannedPairs))
	}
	end := float64(max(planned-1, last)) + 0.5
	// The labels of the times stand left of the first pair.
	across := scale{float64(first) - 0.5 - (end-float64(first))*0.07, end}
	up, far := heights(pairs)
	p := &pairsPlot{Title: "Iteration time of every pair, in order", Height: pairsHeight, Bottom: pairsBottom, Crowded: len(pairs) > crowdedPairs}
	for _, value := range rounded(0, up.to, 5) {
		if value > 0 {
			p.Lines = append(p.Lines, level{height(up, value), onAxis(value, up.to)})
		}
	}
	for _, value := range rounded(float64(first), across.to-0.5, 6) {
		if value == float64(int(value)) {
			p.Ticks = append(p.Ticks, across.tick(value, fmt.Sprintf("%d", int(value))))
		}
	}
	for _, pair := range pairs {
		p.add(pair, across, up)
	}
	p.means(b, up)
	if planned > last+1 {
		from := float64(last) + 0.5
		p.RestX, p.RestWidth = across.at(from), across.width(from, across.to)
		if label := fmt.Sprintf("%d to come", planned-last-1); fit(across.share(across.to)-across.share(from), label) == "any" {
			p.RestLabel = label
		}
	}
	p.describe(b, pairs)
	p.Description += far
	return p
}

func (p *pairsPlot) add(pair overhead.Pair, across, up scale) {
	x := float64(pair.Index)
	mark := pairMark{X: across.at(x), Left: across.at(x - 0.5), Width: across.width(x-0.5, x+0.5), Told: told(pair)}
	if !counts(pair) {
		p.Excluded = append(p.Excluded, mark)
		return
	}
	mark.Sandbox, mark.Baseline = height(up, float64(pair.Sandbox.Times.Total)), height(up, float64(pair.Baseline.Times.Total))
	mark.Upper, mark.Lower = min(mark.Sandbox, mark.Baseline), max(mark.Sandbox, mark.Baseline)
	p.Marks = append(p.Marks, mark)
}

func (p *pairsPlot) means(b *v1alpha1.Benchmark, up scale) {
	p.Sandbox, p.Baseline = "Sandbox", baselineName(b)
	s := b.Status.Statistics
	if s == nil || s.Sandbox == nil || s.Baseline == nil || s.Sandbox.MeanMillis == nil || s.Baseline.MeanMillis == nil {
		return
	}
	sandbox, baseline := float64(*s.Sandbox.MeanMillis), float64(*s.Baseline.MeanMillis)
	p.SandboxMean, p.BaselineMean = height(up, sandbox), height(up, baseline)
	p.Sandbox += ", mean " + duration(sandbox)
	p.Baseline += ", mean " + duration(baseline)
}

func (p *pairsPlot) describe(b *v1alpha1.Benchmark, pairs []overhead.Pair) {
	slower, valid := 0, 0
	for _, pair := range pairs {
		if percent, ok := ratio(pair); ok {
			valid++
			if percent > 0 {
				slower++
			}
		}
	}
	p.Description = fmt.Sprintf("%s: %s. %s. The sandboxed half took longer in %d of %s.", count(len(pairs), "pair"), p.Sandbox, p.Baseline, slower, count(valid, "valid pair"))
	if n := len(p.Excluded); n > 0 {
		p.Description += fmt.Sprintf(" %s excluded, marked below the axis.", were(n, "pair"))
	}
	if p.RestWidth != "" {
		p.Description += " Measured so far: " + progress(b) + "."
	}
}

// totals are both iteration times of every valid pair.
func totals(pairs []overhead.Pair) (sandbox, baseline []float64) {
	for _, pair := range pairs {
		if counts(pair) {
			sandbox = append(sandbox, float64(pair.Sandbox.Times.Total))
			baseline = append(baseline, float64(pair.Baseline.Times.Total))
		}
	}
	return sandbox, baseline
}

// heights is the vertical axis, which begins at nothing.
func heights(pairs []overhead.Pair) (up scale, far string) {
	sandbox, baseline := totals(pairs)
	all := slices.Concat(sandbox, baseline)
	if len(all) == 0 {
		return scale{0, 1}, ""
	}
	longest, beyond := reach(all)
	return scale{0, longest * 1.05}, farOff(beyond, slices.Max(all))
}

func height(up scale, value float64) int {
	return pairsBottom - int(up.share(value)*(pairsBottom-pairsTop)+0.5)
}

// told is what the page says of a pair on pointing at it.
func told(pair overhead.Pair) string {
	said := fmt.Sprintf("Pair %d: sandbox %s, baseline %s", pair.Index, total(pair.Sandbox.Times.Total), total(pair.Baseline.Times.Total))
	if pair.Excluded != nil {
		return said + ", excluded: " + shorten(pair.Excluded.Reason, 64)
	}
	if percent, ok := ratio(pair); ok {
		said += ", " + signed(percent)
	}
	return said
}
