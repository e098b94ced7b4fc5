package report

import (
	"fmt"
	"math"
	"slices"

	"github.com/aclements/go-moremath/stats"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
)

// distributionPlot shows how both modes' iteration times spread: every run a dot, dense where many are alike.
type distributionPlot struct {
	Title, Description string
	Height, Bottom     int
	Ticks              []tick
	Strips             []strip
	// Far tells of runs that are too long for the scale.
	Far string
}

// strip is one mode.
type strip struct {
	Name, Class                 string
	Y, Middle, BoxTop, TickTop  int
	Dots                        []dot
	Median, Quarter, Box        string
	LowEnd, HighEnd             string
	Minimum, Lower, Half, Upper string
	Maximum                     string
	runs                        int
}

const (
	stripLine    = 92
	stripHalf    = 22
	boxHalf      = 26
	tickHalf     = 30
	stripAbove   = 22
	densityShare = 0.02
)

// BoxHeight is the same for every strip.
func (strip) BoxHeight() int { return 2 * boxHalf }

// TickEnd is where the median's line ends.
func (s strip) TickEnd() int { return s.TickTop + 2*tickHalf }

// Runs is how many there are.
func (s strip) Runs() int { return s.runs }

// Radius of a run's dot.
func (s strip) Radius() string { return radius(s.runs) }

// Label is the strip in words.
func (s strip) Label() string {
	return fmt.Sprintf("median %s, middle half %s to %s", s.Half, s.Lower, s.Upper)
}

func newDistributionPlot(b *v1alpha1.Benchmark, pairs []overhead.Pair) *distributionPlot {
	sandbox, baseline := totals(pairs)
	// Of a single pair there is no distribution.
	if len(sandbox) < 2 {
		return nil
	}
	all := slices.Concat(sandbox, baseline)
	longest, beyond := reach(all)
	axis, ticks := seconds(longest)
	p := &distributionPlot{Title: "Distribution of iteration times", Ticks: ticks, Far: farOff(beyond, slices.Max(all)),
		Strips: []strip{newStrip("Sandbox", "sandbox", sandbox, axis, 0), newStrip(baselineName(b), "baseline", baseline, axis, stripLine)}}
	p.Bottom = 2 * stripLine
	p.Height = p.Bottom + axisLine
	for _, s := range p.Strips {
		p.Description += fmt.Sprintf("%s: %s from %s to %s, %s. ", s.Name, count(s.runs, "run"), s.Minimum, s.Maximum, s.Label())
	}
	p.Description += p.Far
	return p
}

func newStrip(name, class string, values []float64, axis scale, y int) strip {
	slices.Sort(values)
	sample := stats.Sample{Xs: values, Sorted: true}
	lower, half, upper := sample.Quantile(0.25), sample.Quantile(0.5), sample.Quantile(0.75)
	lowest, highest := values[0], values[len(values)-1]
	middle := y + stripAbove + tickHalf
	return strip{Name: name, Class: class, Y: y + 14, Middle: middle, BoxTop: middle - boxHalf, TickTop: middle - tickHalf,
		Dots: stripDots(values, axis, middle), Median: axis.at(half), Quarter: axis.at(lower), Box: axis.width(lower, upper),
		LowEnd: axis.at(lowest), HighEnd: axis.at(highest), Minimum: duration(lowest), Lower: duration(lower),
		Half: duration(half), Upper: duration(upper), Maximum: duration(highest), runs: len(values)}
}

// stripDots scatters runs up and down by how many others are about as long.
func stripDots(sorted []float64, axis scale, middle int) []dot {
	window := (axis.to - axis.from) * densityShare
	neighbours := make([]int, len(sorted))
	for i, value := range sorted {
		from, _ := slices.BinarySearch(sorted, value-window)
		to, _ := slices.BinarySearch(sorted, math.Nextafter(value+window, math.Inf(1)))
		neighbours[i] = to - from
	}
	most := slices.Max(neighbours)
	dots := make([]dot, 0, len(sorted))
	for i, value := range sorted {
		half := 0
		if neighbours[i] > 1 {
			half = max(5, stripHalf*neighbours[i]/most)
		}
		dots = append(dots, dot{axis.at(value), middle + scatter(i, half)})
	}
	return dots
}
