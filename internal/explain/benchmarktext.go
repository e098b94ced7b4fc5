package explain

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// Write writes the explanation for people.
func (b Benchmark) Write(out io.Writer) error {
	p := &page{}
	p.line("Benchmark %s/%s: %s", b.Namespace, b.Name, b.headline())
	switch {
	case b.Rationale != "":
		p.line("  %s", b.Rationale)
	case b.Message != "":
		p.line("  %s", b.Message)
	}
	if facts := b.facts(); len(facts) > 0 {
		p.end("")
		p.table("", facts)
	}
	for _, part := range []struct {
		title string
		lines []string
	}{{"What is missing to be conclusive", b.Missing}, {"What to do", b.Advice}} {
		if len(part.lines) > 0 {
			p.section(part.title)
		}
		for _, line := range part.lines {
			p.line("  - %s", line)
		}
	}
	b.writeTests(p)
	b.writeExclusions(p)
	b.writeBreakdown(p)
	return p.writeTo(out)
}

func (b Benchmark) facts() [][]string {
	rows := [][]string{}
	add := func(name, value string) {
		if value != "" {
			rows = append(rows, []string{name, value})
		}
	}
	state := b.State
	if b.Rationale != "" && b.Message != "" && !strings.HasPrefix(b.Rationale, b.Message) {
		state += ": " + b.Message
	}
	add("state", state)
	if b.Progress != nil && !b.Finished {
		progress := b.Progress.Pairs + " pairs"
		if b.Progress.Remaining != "" {
			progress += ", about " + b.Progress.Remaining + " to go"
		}
		add("progress", progress)
	}
	b.addFigures(add)
	if b.State == v1alpha1.ReasonDecided {
		add("applied", b.Applied)
	}
	if b.Started != nil {
		times := b.Started.Format(time.DateTime) + " UTC"
		if b.Ended != nil {
			times += ", took " + b.Ended.Sub(*b.Started).Round(time.Second).String()
		}
		add("started", times)
	}
	if b.Environment != nil {
		add("measured on", b.environment())
	}
	return rows
}

// addFigures adds what was measured.
func (b Benchmark) addFigures(add func(name, value string)) {
	s := b.Statistics
	if s == nil {
		return
	}
	if s.OverheadPercent != "" {
		add("overhead", s.OverheadPercent+" %"+b.means())
	}
	if s.Paired != nil && s.Paired.Interval != "" {
		interval := s.Paired.Interval + " %"
		if confidence, err := strconv.ParseFloat(s.Paired.Confidence, 64); err == nil {
			interval += fmt.Sprintf(", with %s %% confidence", strconv.FormatFloat(confidence*100, 'f', -1, 64))
		}
		add("interval", interval)
	}
	if band := b.bandOf(); band != "" {
		add("band", string(b.Decision)+" is "+band)
	}
	add("pairs", fmt.Sprintf("%d valid, %d excluded", ptr.Deref(s.ValidPairs, 0), ptr.Deref(s.ExcludedPairs, 0)))
}

func (b Benchmark) means() string {
	s := b.Statistics
	if s.Sandbox == nil || s.Baseline == nil || s.Sandbox.MeanMillis == nil || s.Baseline.MeanMillis == nil {
		return ""
	}
	return fmt.Sprintf(": %s in the sandbox against %s, on average", duration(*s.Sandbox.MeanMillis), duration(*s.Baseline.MeanMillis))
}

func (b Benchmark) environment() string {
	var parts []string
	e := b.Environment
	for _, part := range []string{e.Node, e.CPUModel, prefixed("kernel ", e.Kernel), e.ContainerRuntime, prefixed("kubelet ", e.Kubelet)} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// writeTests writes how many functional tests passed, and those that did not.
func (b Benchmark) writeTests(p *page) {
	if len(b.FunctionalTests) == 0 {
		return
	}
	counts := map[v1alpha1.FunctionalOutcome]int{}
	for _, test := range b.FunctionalTests {
		counts[test.Outcome]++
	}
	title := fmt.Sprintf("Functional tests: %d of %d passed", counts[v1alpha1.FunctionalPass], len(b.FunctionalTests))
	if pending := counts[v1alpha1.FunctionalPending]; pending > 0 {
		title += fmt.Sprintf(", %d to come", pending)
	}
	p.section(title)
	for _, test := range b.FunctionalTests {
		switch test.Outcome {
		case v1alpha1.FunctionalFail:
			p.line("  FAIL %s: %s", test.Name, test.Message)
		case v1alpha1.FunctionalDisturbed:
			p.line("  DISTURBED %s: %s", test.Name, test.Message)
		}
	}
}

func (b Benchmark) writeExclusions(p *page) {
	if len(b.Exclusions) == 0 {
		return
	}
	p.section("Pairs that do not count")
	rows := [][]string{{"PAIR", "MODE", "REASON", "MESSAGE"}}
	for _, exclusion := range b.Exclusions {
		rows = append(rows, []string{
			strconv.Itoa(int(ptr.Deref(exclusion.Pair, 0))), string(exclusion.Mode), exclusion.Reason, exclusion.Message,
		})
	}
	p.table("  ", rows)
}

func (b Benchmark) writeBreakdown(p *page) {
	if len(b.Breakdown) == 0 {
		return
	}
	p.section("Where the time of an iteration goes, on average")
	rows := [][]string{{"PHASE", "SANDBOX", "BASELINE"}}
	for _, phase := range b.Breakdown {
		rows = append(rows, []string{phase.Name, millis(phase.SandboxMillis), millis(phase.BaselineMillis)})
	}
	p.table("  ", rows)
}
