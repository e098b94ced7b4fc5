package report

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/perf/benchfmt"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
)

// Benchfmt writes every valid half as one benchmark result, so that `benchstat -col /mode` compares the modes.
func Benchfmt(w io.Writer, benchmark *v1alpha1.Benchmark, samples overhead.Samples) error {
	writer := benchfmt.NewWriter(w)
	for _, pair := range samples.Pairs {
		if pair.Excluded != nil {
			continue
		}
		for _, half := range []overhead.Half{pair.Sandbox, pair.Baseline} {
			if err := writer.Write(result(pair.Strategy, half)); err != nil {
				return fmt.Errorf("write the report of benchmark %s: %w", benchmark.Name, err)
			}
		}
	}
	return nil
}

func result(strategy string, half overhead.Half) *benchfmt.Result {
	name := fmt.Sprintf("Iteration/strategy=%s/mode=%s", strings.ReplaceAll(strategy, "/", "_"), half.Mode)
	return &benchfmt.Result{
		Name: benchfmt.Name(name), Iters: 1,
		Values: []benchfmt.Value{{Value: float64(half.Times.Total) / 1000, Unit: "sec/op"}},
	}
}
