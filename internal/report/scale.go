package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/aclements/go-moremath/stats"
)

// Plots are written with horizontal positions in per cent of their width, and vertical ones in pixels: so text keeps its
// size whether the page is on a telephone or on a wall.

// scale maps values to per cent of a plot's width.
type scale struct{ from, to float64 }

func (s scale) share(value float64) float64 {
	if s.to <= s.from {
		return 0
	}
	return min(1, max(0, (value-s.from)/(s.to-s.from)))
}

// at is a value's position, ready for an attribute.
func (s scale) at(value float64) string { return percentage(s.share(value)) }

// width is the distance between two values.
func (s scale) width(from, to float64) string { return percentage(s.share(to) - s.share(from)) }

// beyond says whether a value is off the plot.
func (s scale) beyond(value float64) bool { return value < s.from || value > s.to }

func percentage(share float64) string {
	return strconv.FormatFloat(math.Round(share*10000)/100, 'f', -1, 64) + "%"
}

// tick is a labelled position of an axis. Its anchor keeps the first and last labels inside the plot.
type tick struct{ X, Anchor, Label string }

// anchor says on which side of its position a label stands.
func anchor(share float64) string {
	switch {
	case share < 0.05:
		return "start"
	case share > 0.95:
		return "end"
	default:
		return "middle"
	}
}

func (s scale) tick(value float64, label string) tick {
	return tick{X: s.at(value), Anchor: anchor(s.share(value)), Label: label}
}

// step is the distance between round values that divides a span into at most the given number of parts.
func step(span float64, parts int) float64 {
	if span <= 0 {
		return 1
	}
	rough := span / float64(parts)
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, factor := range []float64{1, 2, 5} {
		if rough <= factor*power*(1+1e-9) {
			return factor * power
		}
	}
	return 10 * power
}

// rounded lists the round values from one value to another, both included where they are round.
func rounded(from, to float64, parts int) []float64 {
	by := step(to-from, parts)
	var values []float64
	for i := math.Ceil(from/by - 1e-9); i*by <= to+by*1e-9; i++ {
		values = append(values, i*by+0) // never a negative nothing
	}
	return values
}

// seconds is an axis of milliseconds that begins at nothing: bars and distances from 0 can be compared.
func seconds(highest float64) (scale, []tick) {
	if highest <= 0 {
		highest = 1
	}
	axis := scale{0, highest * 1.04}
	ticks := make([]tick, 0, 6)
	for _, value := range rounded(0, axis.to, 5) {
		ticks = append(ticks, axis.tick(value, onAxis(value, axis.to)))
	}
	return axis, ticks
}

// reach is how far an axis of times goes: to the longest, unless that is so much longer than nearly all others that these
// would be a line at its foot. Then it goes a good deal beyond nearly all, and the few are drawn at its end and told.
func reach(values []float64) (longest float64, beyond int) {
	sorted := slices.Sorted(slices.Values(values))
	longest = sorted[len(sorted)-1]
	limit := 3 * stats.Sample{Xs: sorted, Sorted: true}.Quantile(0.9)
	if longest <= limit {
		return longest, 0
	}
	within, _ := slices.BinarySearch(sorted, math.Nextafter(limit, math.Inf(1)))
	return sorted[within-1], len(sorted) - within
}

// farOff tells of what reach left out.
func farOff(beyond int, longest float64) string {
	if beyond == 0 {
		return ""
	}
	return fmt.Sprintf(" %s longer than the scale and at its edge; the longest took %s.", were(beyond, "run"), duration(longest))
}

// onAxis writes a round number of milliseconds in the unit that suits the whole axis.
func onAxis(millis, highest float64) string {
	if highest < 1000 {
		return strconv.FormatFloat(millis, 'f', -1, 64) + " ms"
	}
	if highest >= 1e9 {
		return strconv.FormatFloat(millis/1000, 'g', 3, 64) + " s"
	}
	return strconv.FormatFloat(math.Round(millis)/1000, 'f', -1, 64) + " s"
}
