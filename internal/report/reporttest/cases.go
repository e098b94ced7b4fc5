// Package reporttest holds the benchmarks that reports are tested with: realistic ones as the API server has them, and
// from those whatever else a report may be written of. Tests of the formats and of the page in a browser share them.
package reporttest

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
)

//go:embed testdata
var testdata embed.FS

// Case is one benchmark with its samples.
type Case struct {
	Name      string
	Benchmark *v1alpha1.Benchmark
	Samples   overhead.Samples
}

// Realistic names the benchmarks that golden files exist of.
func Realistic() []string { return []string{"validation", "failing", "straddling", "smoke", "running"} }

// Load returns a realistic benchmark; each call makes a new copy.
func Load(name string) Case {
	c := Case{Name: name, Benchmark: &v1alpha1.Benchmark{}}
	decode("testdata/"+name+"/benchmark.json", c.Benchmark)
	decode("testdata/"+name+"/samples.json", &c.Samples)
	return c
}

func decode(path string, into any) {
	content, err := testdata.ReadFile(path)
	if err != nil {
		panic(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		panic(fmt.Sprintf("%s: %v", path, err))
	}
}

// All returns every realistic and every odd benchmark.
func All() []Case {
	var cases []Case
	for _, name := range Realistic() {
		cases = append(cases, Load(name))
	}
	return append(cases, Odd()...)
}

// Odd returns what else a report may be written of.
func Odd() []Case {
	cases := []Case{Empty(), Hostile(), Large(500), StatusOnly(), LongNames(), FarAway(), FarThresholds(), Negative(), Few()}
	for _, state := range States() {
		cases = append(cases, state.Case)
	}
	return cases
}

// Empty is a benchmark that nobody has looked at yet.
func Empty() Case {
	c := Load("running")
	c.Name = "empty"
	c.Benchmark.Status = v1alpha1.BenchmarkStatus{}
	c.Samples = overhead.Samples{}
	return c
}

// StatusOnly is a finished benchmark whose samples are gone.
func StatusOnly() Case {
	c := Load("straddling")
	c.Name = "status-only"
	c.Samples = overhead.Samples{}
	return c
}

// Few has two pairs: the least that can be asked for.
func Few() Case {
	c := Load("smoke")
	c.Name = "few"
	c.Samples.Pairs = c.Samples.Pairs[:1]
	two := int32(2)
	c.Benchmark.Spec.Iterations, c.Benchmark.Status.Progress.PlannedPairs = &two, &two
	return reassess(c)
}

// reassess makes the status say of the samples what the manager would.
func reassess(c Case) Case {
	b := c.Benchmark
	assessment := overhead.Assess(&b.Spec, b.Status.FunctionalTests, c.Samples.Pairs)
	assessment.Write(&b.Status)
	set(b, v1alpha1.ConditionConclusive, assessment.Conclusive.Status, assessment.Conclusive.Reason, assessment.Conclusive.Message)
	return c
}

// FarAway costs many times the baseline: the bands are a small part of the plot.
func FarAway() Case {
	c := Load("validation")
	c.Name = "far-away"
	for i := range c.Samples.Pairs {
		times := &c.Samples.Pairs[i].Sandbox.Times
		times.Start += 20 * times.Total
		times.Total += 20 * times.Total
	}
	return reassess(c)
}

// Negative measured the sandbox as faster than the baseline.
func Negative() Case {
	c := Load("validation")
	c.Name = "negative"
	for i := range c.Samples.Pairs {
		pair := &c.Samples.Pairs[i]
		pair.Sandbox.Times, pair.Baseline.Times = pair.Baseline.Times, pair.Sandbox.Times
	}
	return reassess(c)
}

// FarThresholds has bands that begin far from anything that was measured.
func FarThresholds() Case {
	c := Load("straddling")
	c.Name = "far-thresholds"
	one, many := int32(1), int32(10000)
	c.Benchmark.Spec.Thresholds = v1alpha1.Thresholds{OptionalPercent: &one, DocumentOnlyPercent: &many}
	return reassess(c)
}

// Large has as many pairs as there may be, a third of them excluded with long messages, and long code.
func Large(pairs int) Case {
	c := Load("straddling")
	c.Name = "large"
	original := c.Samples.Pairs
	c.Samples.Pairs = nil
	for i := range pairs {
		pair := original[i%len(original)]
		pair.Index = int32(i)
		pair.Strategy = fmt.Sprintf("strategy-with-a-name-of-some-length-%d", i%16)
		pair.Excluded = nil
		if i%3 == 0 {
			index := int32(i)
			pair.Excluded = &v1alpha1.Exclusion{Pair: &index, Mode: v1alpha1.ModeSandbox, Reason: "StrategyError", Message: strings.Repeat("<&>\"'", 100)}
		}
		c.Samples.Pairs = append(c.Samples.Pairs, pair)
	}
	planned := int32(pairs)
	excluded := planned/3 + 1
	valid := planned - excluded
	b := c.Benchmark
	b.Spec.MaxIterations, b.Status.Progress.PlannedPairs, b.Status.Progress.CompletedPairs = &planned, &planned, &planned
	b.Status.Statistics.ValidPairs, b.Status.Statistics.ExcludedPairs = &valid, &excluded
	b.Spec.Strategies, b.Status.FunctionalTests = nil, nil
	for i := range 16 {
		name := fmt.Sprintf("strategy-with-a-name-of-some-length-%d", i)
		b.Spec.Strategies = append(b.Spec.Strategies, v1alpha1.BenchmarkStrategy{Name: name,
			Source: v1alpha1.StrategySource{Inline: strings.Repeat("# \"a\" < 'b' & c > d\n", 180)}})
	}
	for i := range 32 {
		b.Status.FunctionalTests = append(b.Status.FunctionalTests, v1alpha1.FunctionalTest{Name: fmt.Sprintf("test-%d", i),
			Outcome: v1alpha1.FunctionalFail, Message: strings.Repeat("<&>\"'", 100)})
	}
	return c
}

// LongNames has every name as long as it may be, and without a place to break it.
func LongNames() Case {
	c := Load("failing")
	c.Name = "long-names"
	long := func(n int) string { return strings.Repeat("abcdefghi-", n)[:n] }
	b := c.Benchmark
	b.Name, b.Namespace = long(40), long(63)
	b.Status.Rationale = long(1024)
	b.Spec.Dataset = long(63)
	b.Spec.Strategies[0].Name, b.Status.Strategies[0].Name = long(63), long(253)
	for i := range c.Samples.Pairs {
		c.Samples.Pairs[i].Strategy = long(253)
	}
	for i := range b.Status.FunctionalTests {
		b.Status.FunctionalTests[i].Name = long(61) + string(rune('a'+i/10)) + string(rune('0'+i%10))
		b.Status.FunctionalTests[i].Message = long(512)
	}
	e := b.Status.Environment
	e.Node, e.Kernel, e.ContainerRuntime, e.CPUModel, e.Speculation, e.Image = long(253), long(128), long(128), long(128), long(256), long(512)
	index := int32(3)
	exclusion := v1alpha1.Exclusion{Pair: &index, Mode: v1alpha1.ModeASTOnly, Reason: long(64), Message: long(512)}
	c.Samples.Pairs[3].Excluded = &exclusion
	b.Status.Exclusions = []v1alpha1.Exclusion{exclusion}
	return c
}
