// Package report answers what a benchmark found, for people and for programs: from one Benchmark and its raw samples it
// writes HTML, Markdown, JSON and the format that benchstat reads. It is pure: the same benchmark gives the same bytes.
// It judges nothing: every figure and the decision are those of the benchmark's status.
//
// Names, messages and code come from a cluster, so all of them are escaped for where they are written.
package report

import (
	"io"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
)

// HTML writes one page that needs nothing else: no network, no script. Samples may be empty; the last pairs in the
// benchmark's status are shown then.
func HTML(w io.Writer, benchmark *v1alpha1.Benchmark, samples overhead.Samples) error {
	return page.Execute(w, describe(benchmark, samples))
}

// Markdown writes what HTML shows as text and tables.
func Markdown(w io.Writer, benchmark *v1alpha1.Benchmark, samples overhead.Samples) error {
	return text.Execute(w, describe(benchmark, samples))
}
