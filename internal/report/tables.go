package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
)

// figures are the few numbers that people remember.
func figures(b *v1alpha1.Benchmark) []fact {
	s := b.Status.Statistics
	if s == nil {
		return nil
	}
	var facts []fact
	if _, ok := percentOf(s.OverheadPercent); ok {
		note := "of mean iteration time"
		if paired, ok := estimateOf(s); ok && paired.bounded {
			note = "paired " + paired.Interval
		}
		facts = append(facts, fact{"Overhead", withSign(s.OverheadPercent), note})
	}
	return append(append(facts, half("Sandbox", s.Sandbox)...), half(baselineName(b), s.Baseline)...)
}

func half(name string, s *v1alpha1.HalfStatistics) []fact {
	if s == nil {
		return nil
	}
	value := nothing
	if s.MeanMillis != nil {
		value = duration(float64(*s.MeanMillis))
	}
	return []fact{{name, value, fmt.Sprintf("mean; %d of %d succeeded", deref(s.Succeeded), deref(s.Runs))}}
}

// functionalTests lists what the sandbox promises and what was seen.
func functionalTests(b *v1alpha1.Benchmark) (tests []functionalTest, said string) {
	var passed, pending int
	var failed, disturbed []string
	for _, test := range b.Status.FunctionalTests {
		line := functionalTest{check{toneOpen, test.Name, test.Message}, test.Outcome}
		switch test.Outcome {
		case v1alpha1.FunctionalPass:
			line.Tone = toneGood
			passed++
		case v1alpha1.FunctionalFail:
			line.Tone = toneBad
			failed = append(failed, test.Name)
		case v1alpha1.FunctionalDisturbed:
			disturbed = append(disturbed, test.Name)
		default:
			line.Outcome = v1alpha1.FunctionalPending
			pending++
		}
		tests = append(tests, line)
	}
	switch {
	case b.Spec.FunctionalSuite == v1alpha1.FunctionalSuiteDisabled:
		return tests, "The functional tests were not run."
	case len(tests) == 0:
		return tests, "No functional test has been run yet."
	case len(failed) > 0:
		said = fmt.Sprintf("%d of %d failed: %s.", len(failed), len(tests), strings.Join(failed, ", "))
	case len(disturbed) > 0:
		said = fmt.Sprintf("%d of %d could not be judged: %s.", len(disturbed), len(tests), strings.Join(disturbed, ", "))
	case pending > 0:
		said = fmt.Sprintf("%d of %d have passed, %d have not ended.", passed, len(tests), pending)
	default:
		said = fmt.Sprintf("All %d passed.", len(tests))
	}
	return tests, said
}

// functionalTest is one promise of the sandbox with its outcome in a word.
type functionalTest struct {
	check
	Outcome v1alpha1.FunctionalOutcome
}

// maxExclusions bounds how many are told one by one: they may be as many as the pairs, each with a long message.
const maxExclusions = 16

// exclusions are the pairs that do not count.
type exclusions struct {
	Total int
	Said  string
	List  []exclusion
}

// More is how many are not listed.
func (e exclusions) More() int { return e.Total - len(e.List) }

type exclusion struct {
	Pair         int
	Mode         string
	Reason, Said string
}

func newExclusions(b *v1alpha1.Benchmark, pairs []overhead.Pair) exclusions {
	found := b.Status.Exclusions
	if len(pairs) > len(b.Status.Samples) {
		found = nil
		for _, pair := range pairs {
			if pair.Excluded != nil {
				found = append(found, *pair.Excluded)
			}
		}
	}
	result := exclusions{Total: len(found)}
	if s := b.Status.Statistics; s != nil {
		result.Total = max(result.Total, deref(s.ExcludedPairs))
	}
	for _, e := range found[:min(len(found), maxExclusions)] {
		result.List = append(result.List, exclusion{deref(e.Pair), modeName(e.Mode), e.Reason, e.Message})
	}
	switch {
	case result.Total == 0 && len(pairs) == 0:
		result.Said = "No pair has been measured."
	case result.Total == 0:
		result.Said = "Every measured pair counts."
	case result.Total == 1:
		result.Said = "One measured pair does not count."
	default:
		result.Said = fmt.Sprintf("%d measured pairs do not count.", result.Total)
	}
	return result
}

func modeName(mode v1alpha1.Mode) string {
	switch mode {
	case v1alpha1.ModeASTOnly:
		return "AST-only"
	case "":
		return "both"
	default:
		return string(mode)
	}
}

// setup is how the benchmark was made.
func setup(b *v1alpha1.Benchmark, samples overhead.Samples) []fact {
	facts := []fact{{Name: "Dataset", Value: b.Spec.Dataset}}
	if b.Spec.Iterations != nil {
		planned := strconv.Itoa(deref(b.Spec.Iterations))
		if b.Spec.MaxIterations != nil && *b.Spec.MaxIterations > *b.Spec.Iterations {
			planned += ", up to " + strconv.Itoa(deref(b.Spec.MaxIterations)) + " if that is not conclusive"
		}
		facts = append(facts, fact{Name: "Pairs asked for", Value: planned})
	}
	if b.Spec.Warmup != nil {
		facts = append(facts, fact{Name: "Warm-up pairs, not measured", Value: strconv.Itoa(deref(b.Spec.Warmup))})
	}
	if b.Status.Seed != nil {
		facts = append(facts, fact{Name: "Seed of the order", Value: strconv.FormatInt(*b.Status.Seed, 10)})
	} else if len(samples.Pairs) > 0 {
		facts = append(facts, fact{Name: "Seed of the order", Value: strconv.FormatInt(samples.Seed, 10)})
	}
	if s := b.Status.Statistics; s != nil && s.Looks != nil && s.PlannedLooks != nil {
		facts = append(facts, fact{Name: "Looks at the samples", Value: fmt.Sprintf("%d of at most %d", *s.Looks, *s.PlannedLooks)})
	}
	if start := b.Status.StartTime; start != nil {
		facts = append(facts, fact{Name: "Started", Value: start.UTC().Format("2006-01-02 15:04:05 UTC")})
		if end := b.Status.FinishTime; end != nil {
			facts = append(facts, fact{Name: "Took", Value: elapsed(end.Sub(start.Time))})
		}
	}
	if p := b.Status.Progress; p != nil && p.Remaining != "" && !finished(b) {
		facts = append(facts, fact{Name: "Remaining, as of the last pair", Value: "about " + p.Remaining})
	}
	return facts
}

func strategies(b *v1alpha1.Benchmark) []fact {
	facts := make([]fact, 0, len(b.Status.Strategies))
	for _, strategy := range b.Status.Strategies {
		facts = append(facts, fact{Name: strategy.Name, Value: strategy.Digest})
	}
	return facts
}

// environment is what was measured on, as far as it is known.
func environment(e *v1alpha1.BenchmarkEnvironment) []fact {
	if e == nil {
		return nil
	}
	var known []fact
	for _, f := range []fact{
		{Name: "Node", Value: e.Node}, {Name: "Processor", Value: e.CPUModel}, {Name: "Processors", Value: e.CPUs},
		{Name: "Architecture", Value: e.Architecture}, {Name: "Kernel", Value: e.Kernel}, {Name: "Control groups", Value: e.CgroupVersion},
		{Name: "Speculation mitigation", Value: e.Speculation}, {Name: "Container runtime", Value: e.ContainerRuntime},
		{Name: "Kubelet", Value: e.Kubelet}, {Name: "Operator", Value: e.Operator}, {Name: "Runner image", Value: e.Image},
		{Name: "Seccomp profile (wall 1)", Value: e.Profile}, {Name: "Sealed filter (wall 2)", Value: e.Policy},
		{Name: "Dataset digest", Value: e.Dataset},
	} {
		if f.Value != "" {
			known = append(known, f)
		}
	}
	return known
}

// row is one measured pair of the table of all.
type row struct {
	Pair                               int
	Strategy, First                    string
	Sandbox, Baseline, Percent, Remark string
}

func rows(pairs []overhead.Pair) []row {
	lines := make([]row, 0, len(pairs))
	for _, pair := range pairs {
		line := row{Pair: int(pair.Index), Strategy: shorten(pair.Strategy, 24), First: "baseline", Percent: nothing,
			Sandbox: total(pair.Sandbox.Times.Total), Baseline: total(pair.Baseline.Times.Total)}
		if pair.SandboxFirst {
			line.First = "sandbox"
		}
		if percent, ok := ratio(pair); ok {
			line.Percent = signed(percent)
		}
		if pair.Excluded != nil {
			line.Remark = "excluded"
		}
		lines = append(lines, line)
	}
	return lines
}

func total(millis int64) string {
	if millis <= 0 {
		return nothing
	}
	return duration(float64(millis))
}

// counts says whether a pair takes part in the plots of valid pairs.
func counts(pair overhead.Pair) bool {
	return pair.Excluded == nil && pair.Sandbox.Times.Total > 0 && pair.Baseline.Times.Total > 0
}

// ratio is how much longer the sandboxed half of one pair took.
func ratio(pair overhead.Pair) (percent float64, ok bool) {
	if !counts(pair) {
		return 0, false
	}
	return (float64(pair.Sandbox.Times.Total)/float64(pair.Baseline.Times.Total) - 1) * 100, true
}
