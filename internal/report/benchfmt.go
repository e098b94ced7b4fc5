package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/perf/benchfmt"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
)

// Benchfmt writes every valid half as one result in Go's benchmark format, the baseline's first, so that
// `benchstat -col /mode FILE` compares the modes. Excluded pairs are not in it, only their number.
func Benchfmt(w io.Writer, benchmark *v1alpha1.Benchmark, samples overhead.Samples) error {
	writer := benchfmt.NewWriter(w)
	config := configuration(benchmark, samples)
	for _, pair := range samples.Pairs {
		if !counts(pair) {
			continue
		}
		for _, each := range []struct {
			mode string
			half *overhead.Half
		}{{baselineMode(benchmark), &pair.Baseline}, {string(v1alpha1.ModeSandbox), &pair.Sandbox}} {
			result := benchfmt.Result{
				Name:   benchfmt.Name("Iteration/strategy=" + word(pair.Strategy) + "/mode=" + each.mode),
				Iters:  1,
				Config: config,
				Values: measurements(each.half),
			}
			if err := writer.Write(&result); err != nil {
				return fmt.Errorf("write the report of benchmark %s: %w", benchmark.Name, err)
			}
		}
	}
	return nil
}

// baselineMode keeps the two halves of a self-test apart.
func baselineMode(b *v1alpha1.Benchmark) string {
	if selfTest(b) {
		return "SandboxAgain"
	}
	return string(v1alpha1.ModeASTOnly)
}

// configuration is what benchstat prints above its tables.
func configuration(b *v1alpha1.Benchmark, samples overhead.Samples) []benchfmt.Config {
	excluded := 0
	for _, pair := range samples.Pairs {
		if !counts(pair) {
			excluded++
		}
	}
	facts := []fact{{Name: "benchmark", Value: b.Name}, {Name: "namespace", Value: b.Namespace}, {Name: "dataset", Value: b.Spec.Dataset},
		{Name: "seed", Value: strconv.FormatInt(samples.Seed, 10)}, {Name: "excluded-pairs", Value: strconv.Itoa(excluded)}}
	if e := b.Status.Environment; e != nil {
		facts = append(facts, fact{Name: "cpu", Value: e.CPUModel}, fact{Name: "kernel", Value: e.Kernel},
			fact{Name: "kubelet", Value: e.Kubelet}, fact{Name: "operator", Value: e.Operator})
	}
	var config []benchfmt.Config
	for _, f := range facts {
		if value := strings.TrimSpace(oneLine(f.Value)); value != "" {
			config = append(config, benchfmt.Config{Key: f.Name, Value: []byte(value), File: true})
		}
	}
	return config
}

// measurements of one half: the iteration time first, then the parts that tell the modes apart.
func measurements(half *overhead.Half) []benchfmt.Value {
	times := half.Times
	var values []benchfmt.Value
	for _, each := range []struct {
		unit   string
		millis int64
	}{{"sec/op", times.Total}, {"start-sec/op", times.Start}, {"imports-sec/op", times.Imports}, {"execution-sec/op", times.Execution},
		{"cpu-sec/op", half.CPUMillis}} {
		if each.millis > 0 {
			values = append(values, benchfmt.Value{Value: float64(each.millis) / 1000, Unit: each.unit})
		}
	}
	if half.PeakMemoryBytes > 0 {
		values = append(values, benchfmt.Value{Value: float64(half.PeakMemoryBytes), Unit: "peak-B"})
	}
	return values
}

// word is a name that ends no part of a result's line.
func word(name string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_') {
			return r
		}
		return '_'
	}, name)
}
