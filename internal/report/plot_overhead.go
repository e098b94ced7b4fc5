package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
)

// overheadPlot shows the overhead, its intervals and each pair against the bands that decide.
type overheadPlot struct {
	Title, Description string
	Height, Bottom     int
	Bands              []bandArea
	Ticks              []tick
	Rows               []estimateMark
	Dots               []dot
	DotsY              int
	DotsLabel          string
	// Edges are where bands begin, and where there is no overhead at all, unless the plot begins there. They are drawn
	// beside the marks alone, so that they cross no label.
	Edges []string
}

type bandArea struct {
	band
	X, Width, Middle string
	// Fit is the class that hides the label where there is no room for it.
	Fit    string
	Chosen bool
}

type estimateMark struct {
	estimate
	Y, Mark  int
	X        string
	From, To string
	Bounded  bool
	Deciding bool
}

// CapTop and CapEnd are the ends of a whisker's cap.
func (m estimateMark) CapTop() int { return m.Mark - 7 }
func (m estimateMark) CapEnd() int { return m.Mark + 7 }

// EdgeTop and EdgeEnd are where the bounds of the bands show beside a mark.
func (m estimateMark) EdgeTop() int { return m.Mark - 11 }
func (m estimateMark) EdgeEnd() int { return m.Mark + 13 }

// DotsTop is where the pairs' dots begin.
func (p *overheadPlot) DotsTop() int { return p.DotsY + 8 }

// TickEnd is where the axis' ticks end.
func (p *overheadPlot) TickEnd() int { return p.Bottom + 5 }

// Radius of a pair's dot: smaller where there are many.
func (p *overheadPlot) Radius() string { return radius(len(p.Dots)) }

func radius(marks int) string {
	if marks > 60 {
		return "2.5"
	}
	return "4"
}

// dot is a mark of a plot.
type dot struct {
	X string
	Y int
}

const (
	bandLabels    = 32
	estimateLine  = 46
	dotsLine      = 64
	axisLine      = 22
	dotsHalf      = 14
	narrowPixels  = 300
	widePixels    = 560
	pixelsPerRune = 7
)

// fit says where a label of so many characters has room: everywhere, on a wide page only, or nowhere.
func fit(share float64, label string) string {
	pixels := float64(len([]rune(label))*pixelsPerRune + 8)
	switch {
	case share*narrowPixels >= pixels:
		return "any"
	case share*widePixels >= pixels:
		return "wide"
	default:
		return "none"
	}
}

func newOverheadPlot(b *v1alpha1.Benchmark, pairs []overhead.Pair) *overheadPlot {
	marks := estimates(b)
	ratios := ratios(pairs)
	if len(marks) == 0 && len(ratios) == 0 {
		return nil
	}
	bands := bandsOf(b.Spec.Thresholds)
	axis := overheadAxis(bands, marks, ratios)
	p := &overheadPlot{Title: "Overhead against the bands that decide"}
	for _, part := range bands {
		p.Bands = append(p.Bands, newBandArea(part, axis, b.Status.Decision))
	}
	y := bandLabels
	for _, mark := range marks {
		p.Rows = append(p.Rows, estimateMark{estimate: mark, Y: y + 16, Mark: y + 32, X: axis.at(mark.value),
			From: axis.at(mark.lower), To: axis.at(mark.upper), Bounded: mark.bounded, Deciding: mark.deciding})
		y += estimateLine
	}
	if len(ratios) > 0 {
		p.DotsY = y + 16
		p.Dots, p.DotsLabel = overheadDots(axis, ratios, y+16+10+dotsHalf)
		y += dotsLine
	}
	p.Bottom, p.Height = y+6, y+6+axisLine
	p.Ticks = overheadTicks(axis, bands)
	for _, value := range []float64{0, bands[0].upper, bands[1].upper} {
		if value > axis.from && value < axis.to {
			p.Edges = append(p.Edges, axis.at(value))
		}
	}
	p.Description = overheadInWords(b, marks, ratios)
	return p
}

// ratios are the overheads of the valid pairs, in order of size.
func ratios(pairs []overhead.Pair) []float64 {
	var found []float64
	for _, pair := range pairs {
		if percent, ok := ratio(pair); ok {
			found = append(found, percent)
		}
	}
	slices.Sort(found)
	return found
}

// farBand is how many times as far as all that was found a band may begin and still be on the plot.
const farBand = 6

// overheadAxis shows every interval whole, and every band unless it is far away; single pairs may lie beyond it, and are told.
func overheadAxis(bands []band, marks []estimate, ratios []float64) scale {
	first, last := bands[0].upper, bands[len(bands)-1].lower
	low, high := 0.0, 0.0
	for _, mark := range marks {
		low, high = min(low, mark.value), max(high, mark.value)
		if mark.bounded {
			low, high = min(low, mark.lower), max(high, mark.upper)
		}
	}
	axis := scale{to: max(last*1.3, high*1.1)}
	if near := max(first, high, -low); last > farBand*near {
		// A band so far away would leave the others no room.
		axis.to = near * 1.6
	}
	if low < 0 {
		axis.from = low - axis.to*0.025
	}
	if n := len(ratios); n > 0 {
		span := axis.to - axis.from
		axis.from = min(axis.from, max(ratios[0]*1.1, axis.from-span/4))
		axis.to = max(axis.to, min(ratios[n-1]*1.05, axis.to+span/4))
	}
	return axis
}

func newBandArea(part band, axis scale, decision v1alpha1.Decision) bandArea {
	from, to := axis.from, axis.to
	if part.Decision != v1alpha1.DecisionEnableByDefault {
		from = part.lower
	}
	if part.bounded {
		to = part.upper
	}
	share := axis.share(to) - axis.share(from)
	return bandArea{band: part, X: axis.at(from), Width: axis.width(from, to), Middle: percentage(axis.share(from) + share/2),
		Fit: fit(share, part.Label), Chosen: part.Decision == decision}
}

// overheadTicks labels the bounds of the bands and whatever round values leave them room.
func overheadTicks(axis scale, bands []band) []tick {
	taken := []float64{0}
	for _, part := range bands {
		if part.bounded && !axis.beyond(part.upper) {
			taken = append(taken, part.upper)
		}
	}
	for _, value := range rounded(axis.from, axis.to, 5) {
		crowded := slices.ContainsFunc(taken, func(other float64) bool {
			return max(axis.share(value)-axis.share(other), axis.share(other)-axis.share(value)) < 0.16
		})
		if !crowded {
			taken = append(taken, value)
		}
	}
	slices.Sort(taken)
	var ticks []tick
	for i, value := range taken {
		// Bounds that lie too close to each other on a long axis: the last one stays.
		if i+1 < len(taken) && axis.share(taken[i+1])-axis.share(value) < 0.12 {
			continue
		}
		ticks = append(ticks, axis.tick(value, plain(value)))
	}
	return ticks
}

// overheadDots scatters the pairs up and down so that they do not hide each other. Their height means nothing.
func overheadDots(axis scale, ratios []float64, middle int) (dots []dot, label string) {
	beyond := 0
	for i, percent := range ratios {
		if axis.beyond(percent) {
			beyond++
		}
		dots = append(dots, dot{axis.at(percent), middle + scatter(i, dotsHalf)})
	}
	label = count(len(ratios), "pair") + ", a dot each"
	if beyond > 0 {
		label += fmt.Sprintf(" (%d off the scale, at its edge)", beyond)
	}
	return dots, label
}

// scatter is the i-th of a sequence that fills the space between -half and half evenly, however far it has got.
func scatter(i, half int) int {
	const golden = 0.6180339887498949
	x := float64(i) * golden
	return int((x-float64(int(x)))*float64(2*half+1)) - half
}

func overheadInWords(b *v1alpha1.Benchmark, marks []estimate, ratios []float64) string {
	var parts []string
	for _, part := range bandsOf(b.Spec.Thresholds) {
		parts = append(parts, part.Label+" is "+part.Range)
	}
	said := "Bands: " + strings.Join(parts, ", ") + "."
	for _, mark := range marks {
		said += " " + mark.Name + " " + mark.Percent
		if mark.bounded {
			said += ", interval " + mark.Interval
		}
		said += "."
	}
	if n := len(ratios); n > 0 {
		said += fmt.Sprintf(" Single pairs lie between %s and %s.", signed(ratios[0]), signed(ratios[n-1]))
	}
	return said
}
