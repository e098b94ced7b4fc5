package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// phasesPlot shows where the time of a mean iteration goes, in both modes on one scale.
type phasesPlot struct {
	Title, Description string
	// Difference says which phases the sandbox's extra time is spent in.
	Difference string
	Ticks      []tick
	Bars       []bar
	Phases     []phase
	Baseline   string
}

// bar is one mode.
type bar struct {
	Name, Total string
	Y           int
	Segments    []segment
}

// Top is where the bar itself begins, below its label.
func (b bar) Top() int    { return b.Y + 8 }
func (b bar) Middle() int { return b.Top() + 23 }

type segment struct{ Name, Class, X, Width, Middle, Fit string }

// phase is one line of the table below the bars.
type phase struct {
	Name, Meaning, Class        string
	Sandbox, Baseline, Extra    string
	ExtraX, ExtraWidth          string
	After                       bool
	sandbox, baseline, distance float64
}

// Less says that the sandbox spends less on the phase.
func (p phase) Less() bool { return p.distance < 0 }

// meanings of the phases, in the words of the kind's documentation.
var meanings = map[string]string{
	"queue":     "waits for its turn",
	"start":     "until the runner is there: Pod, image, container",
	"imports":   "Python, numpy and pandas",
	"data":      "maps the dataset",
	"seal":      "seals the filter and proves the walls",
	"gate":      "reads the code",
	"execution": "the strategy itself",
	"scoring":   "the backtest",
	"other":     "API server, manager and watches between them",
	"end":       "after the verdict, until the Pod is gone",
}

func newPhasesPlot(b *v1alpha1.Benchmark) *phasesPlot {
	p := &phasesPlot{Title: "Where the time of an iteration goes", Baseline: baselineName(b)}
	var sandbox, baseline float64
	for _, means := range b.Status.Breakdown {
		line := newPhase(means)
		p.Phases = append(p.Phases, line)
		if !line.After {
			sandbox += line.sandbox
			baseline += line.baseline
		}
	}
	if sandbox+baseline == 0 {
		return nil
	}
	axis, ticks := seconds(max(sandbox, baseline))
	p.Ticks = ticks
	p.Bars = []bar{
		newBar("Sandbox", 14, p.Phases, axis, func(each phase) float64 { return each.sandbox }),
		newBar(p.Baseline, 86, p.Phases, axis, func(each phase) float64 { return each.baseline }),
	}
	p.extras(sandbox - baseline)
	for _, each := range p.Bars {
		p.Description += each.Name + " " + each.Total + ". "
	}
	p.Description += p.Difference
	return p
}

func newPhase(means v1alpha1.PhaseMeans) phase {
	sandbox, baseline := float64(deref(means.SandboxMillis)), float64(deref(means.BaselineMillis))
	line := phase{Name: means.Name, Meaning: meanings[means.Name], Class: "phase-unknown", After: means.Name == "end",
		Sandbox: nothing, Baseline: nothing, Extra: nothing, sandbox: sandbox, baseline: baseline}
	if line.Meaning != "" {
		line.Class = "phase-" + means.Name
	}
	if means.SandboxMillis != nil {
		line.Sandbox = duration(sandbox)
	}
	if means.BaselineMillis != nil {
		line.Baseline = duration(baseline)
	}
	if means.SandboxMillis != nil && means.BaselineMillis != nil {
		line.distance = sandbox - baseline
		line.Extra = difference(line.distance)
	}
	return line
}

func newBar(name string, y int, phases []phase, axis scale, of func(phase) float64) bar {
	result := bar{Name: name, Y: y}
	var from float64
	for _, each := range phases {
		if each.After {
			continue
		}
		if length := of(each); length > 0 {
			share := axis.share(from+length) - axis.share(from)
			result.Segments = append(result.Segments, segment{Name: each.Name, Class: each.Class, X: axis.at(from),
				Width: axis.width(from, from+length), Middle: percentage(axis.share(from) + share/2), Fit: fit(share, each.Name)})
			from += length
		}
	}
	result.Total = duration(from)
	return result
}

// extras draws each phase's difference to scale, and says in words which ones matter.
func (p *phasesPlot) extras(total float64) {
	var least, most float64
	var inside []phase
	for _, each := range p.Phases {
		if !each.After {
			least, most = min(least, each.distance), max(most, each.distance)
			inside = append(inside, each)
		}
	}
	axis := scale{least, most}
	for i := range p.Phases {
		each := &p.Phases[i]
		if !each.After && each.distance != 0 {
			each.ExtraX, each.ExtraWidth = axis.at(min(0, each.distance)), axis.width(min(0, each.distance), max(0, each.distance))
		}
	}
	slices.SortStableFunc(inside, func(a, b phase) int { return cmp.Compare(b.distance, a.distance) })
	var parts []string
	for _, each := range inside[:min(3, len(inside))] {
		if each.distance > 0 {
			parts = append(parts, each.Name+" "+difference(each.distance))
		}
	}
	switch {
	case total <= 0:
		p.Difference = fmt.Sprintf("On average the sandbox takes no longer than %s: %s.", p.Baseline, difference(total))
	case len(parts) == 0:
		p.Difference = fmt.Sprintf("On average the sandbox takes %s longer.", duration(total))
	default:
		p.Difference = fmt.Sprintf("On average the sandbox takes %s longer. Most of it: %s.", duration(total), strings.Join(parts, ", "))
	}
}
