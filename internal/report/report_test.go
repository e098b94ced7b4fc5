package report

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
	"github.com/stratbox/stratbox/internal/report/reporttest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// writers are the formats by the golden file of each.
var writers = map[string]func(io.Writer, *v1alpha1.Benchmark, overhead.Samples) error{
	"report.html": HTML, "report.md": Markdown, "report.json": JSON, "report.bench": Benchfmt,
}

func write(t *testing.T, name string, c reporttest.Case) string {
	t.Helper()
	var written bytes.Buffer
	if err := writers[name](&written, c.Benchmark, c.Samples); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return written.String()
}

func TestReportsAreTheGoldenOnes(t *testing.T) {
	for _, fixture := range reporttest.Realistic() {
		for name := range writers {
			t.Run(fixture+" as "+name, func(t *testing.T) {
				c := reporttest.Load(fixture)
				got := write(t, name, c)
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
