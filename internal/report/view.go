package report

import (
	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
)

// view is everything that a report shows, in words and numbers, before any markup.
type view struct {
	Name      string
	Decision  string
	Rationale string
}

func describe(benchmark *v1alpha1.Benchmark, _ overhead.Samples) view {
	return view{Name: benchmark.Name, Decision: string(benchmark.Status.Decision), Rationale: benchmark.Status.Rationale}
}
