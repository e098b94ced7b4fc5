package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
)

var update = flag.Bool("update", false, "write the golden files anew")

// fixtures are benchmarks as the API server has them, each a folder of testdata.
var fixtures = []string{"validation", "failing", "straddling", "smoke", "running"}

// writers are the formats by the golden file of each.
var writers = map[string]func(io.Writer, *v1alpha1.Benchmark, overhead.Samples) error{
	"report.html": HTML, "report.md": Markdown, "report.json": JSON, "report.bench": Benchfmt,
}

func load(t *testing.T, fixture string) (*v1alpha1.Benchmark, overhead.Samples) {
	t.Helper()
	var benchmark v1alpha1.Benchmark
	var samples overhead.Samples
	decode(t, filepath.Join("testdata", fixture, "benchmark.json"), &benchmark)
	decode(t, filepath.Join("testdata", fixture, "samples.json"), &samples)
	return &benchmark, samples
}

func decode(t *testing.T, path string, into any) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

func write(t *testing.T, name string, benchmark *v1alpha1.Benchmark, samples overhead.Samples) string {
	t.Helper()
	var written bytes.Buffer
	if err := writers[name](&written, benchmark, samples); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return written.String()
}

func TestReportsAreTheGoldenOnes(t *testing.T) {
	for _, fixture := range fixtures {
		for name := range writers {
			t.Run(fixture+" as "+name, func(t *testing.T) {
				benchmark, samples := load(t, fixture)
				got := write(t, name, benchmark, samples)
				golden := filepath.Join("testdata", fixture, name)
				if *update {
					if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
					return
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got); diff != "" {
					t.Errorf("the report differs from %s (-want +got); if it ought to, run the tests with -update:\n%s", golden, diff)
				}
			})
		}
	}
}
