package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/client"
)

// line is an outcome for somebody who watches.
func line(outcome client.Outcome) string {
	mode := string(outcome.Mode)
	if outcome.FellBack {
		mode += fmt.Sprintf(" (the sandbox ended with %s)", outcome.SandboxVerdict)
	}
	end := clipped(outcome.Reason)
	if outcome.Class == client.Scored {
		end = fmt.Sprintf("sharpe %.2f, return %.1f %%", outcome.Metrics["daily_sharpe"], 100*outcome.Metrics["total_return"])
	}
	took := float64(ptr.Deref(outcome.Timings.TotalMillis, 0)) / 1000
	return fmt.Sprintf("%-16s %-18s %6.1f s  %s: %s", outcome.Strategy, ended(outcome), took, cmp.Or(mode, "not executed"), end)
}

// clipped is as much of a sentence as fits beside the rest.
func clipped(text string) string {
	const most = 90
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// ended is the verdict, or what there is in its place.
func ended(outcome client.Outcome) string {
	return cmp.Or(string(outcome.Verdict), string(outcome.Class))
}

// summary counts what became of the iterations.
type summary struct {
	total    int
	classes  map[client.Class]int
	verdicts map[client.Class]map[string]int
	// fallbacks counts by the sandbox's verdict.
	fallbacks map[string]int
	best      client.Outcome
}

func newSummary() *summary {
	return &summary{classes: map[client.Class]int{}, verdicts: map[client.Class]map[string]int{}, fallbacks: map[string]int{}}
}

func (s *summary) add(outcome client.Outcome) {
	s.total++
	s.classes[outcome.Class]++
	if s.verdicts[outcome.Class] == nil {
		s.verdicts[outcome.Class] = map[string]int{}
	}
	s.verdicts[outcome.Class][ended(outcome)]++
	if outcome.FellBack {
		s.fallbacks[string(outcome.SandboxVerdict)]++
	}
	if outcome.Class == client.Scored && (s.best.Class == "" || outcome.Metrics["daily_sharpe"] > s.best.Metrics["daily_sharpe"]) {
		s.best = outcome
	}
}

func (s *summary) String() string {
	var text strings.Builder
	for _, class := range []client.Class{client.Scored, client.Skip, client.InfrastructureError} {
		text.WriteString(strings.TrimSpace(fmt.Sprintf("%-20s %3d  %s", class, s.classes[class], counts(s.verdicts[class]))) + "\n")
	}
	if len(s.fallbacks) > 0 {
		fmt.Fprintf(&text, "%-20s %3s  %s\n", "Without the sandbox", "", counts(s.fallbacks))
	}
	if s.best.Class != "" {
		fmt.Fprintf(&text, "Best: %s, sharpe %.2f\n", s.best.Strategy, s.best.Metrics["daily_sharpe"])
	}
	fmt.Fprintf(&text, "%d iterations", s.total)
	return text.String()
}

// counts lists how often each name occurred, the most frequent first.
func counts(of map[string]int) string {
	names := slices.SortedFunc(maps.Keys(of), func(a, b string) int {
		return cmp.Or(cmp.Compare(of[b], of[a]), cmp.Compare(a, b))
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %d", name, of[name])
	}
	return strings.Join(names, ", ")
}
