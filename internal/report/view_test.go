package report

import (
	"bytes"
	"errors"
	"html"
	"strings"
	"testing"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchproc"
	"sigs.k8s.io/yaml"

	"github.com/google/go-cmp/cmp"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/report/reporttest"
)

func TestEveryStateReadsWell(t *testing.T) {
	for _, state := range reporttest.States() {
		t.Run(state.Name, func(t *testing.T) {
			text := strings.ReplaceAll(write(t, "report.md", state.Case), `\`, "")
			page := strings.ReplaceAll(html.UnescapeString(write(t, "report.html", state.Case)), "\u00a0", " ")
			for _, words := range state.Says {
				if !strings.Contains(text, words) {
					t.Errorf("the Markdown does not say %q:\n%s", words, text)
				}
				if !strings.Contains(page, words) {
					t.Errorf("the page does not say %q", words)
				}
			}
		})
	}
}

func TestRealisticReportsSayWhatTheyAre(t *testing.T) {
	for name, says := range map[string][]string{
		"validation": {"# Enable the sandbox by default", "**Decision.**", "Applied: sandbox.enabled is true", "Every measured pair counts."},
		"failing":    {"# Do not use the sandbox", "2 of 16 failed: ends-under-5s, network-denied.", "see which tests failed"},
		"straddling": {"# Perhaps: enable the sandbox by default", "**Not conclusive.**", "about 126 valid pairs would decide it", "97.5 %",
			"20, up to 40 if that is not conclusive", "4 measured pairs do not count.", "Nothing was changed"},
		"smoke":   {"# Too few pairs to decide anything", "**Smoke test.**", "✗ **Enough pairs**"},
		"running": {"# Measured 7 of 20 pairs", "**Not finished.** The figures are those so far. The rest takes about 1m57s.", "✓ **Functional tests**. All 16 passed.", "– **Enough pairs**", "7 of 20 pairs are completed."},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.ReplaceAll(write(t, "report.md", reporttest.Load(name)), `\`, "")
			for _, words := range says {
				if !strings.Contains(text, words) {
					t.Errorf("the Markdown does not say %q:\n%s", words, text)
				}
			}
		})
	}
}

func TestPagesStaySmall(t *testing.T) {
	for _, c := range reporttest.All() {
		if size := len(write(t, "report.html", c)); size >= 300<<10 {
			t.Errorf("%s: the page has %d bytes", c.Name, size)
		}
	}
}

func TestThePlotsOfManyPairsShowEveryPair(t *testing.T) {
	page := write(t, "report.html", reporttest.Large(500))
	for mark, want := range map[string]int{`<use href="#s"`: 333, `<use href="#b"`: 333, `<use href="#x"`: 167} {
		if got := strings.Count(page, mark); got != want {
			t.Errorf("%d times %s, want %d", got, mark, want)
		}
	}
}

func TestThePageLoadsNothing(t *testing.T) {
	for _, c := range reporttest.All() {
		if c.Name == "hostile" {
			continue
		}
		page := write(t, "report.html", c)
		for _, sign := range []string{"<script", "http:", "https:", " src=", "@import", "url(http", "style=", "ZgotmplZ"} {
			if strings.Contains(page, sign) {
				t.Errorf("%s: the page has %q", c.Name, sign)
			}
		}
	}
}

func TestTextFromTheClusterStaysText(t *testing.T) {
	c := reporttest.Hostile()
	t.Run("in the page", func(t *testing.T) {
		page := write(t, "report.html", c)
		for _, sign := range []string{"<script", "<img", "data-evil>", "</text></svg></style>", "\x00", "\u202e", "\u2028"} {
			if strings.Contains(page, sign) {
				t.Errorf("the page has %q", sign)
			}
		}
	})
	t.Run("in Markdown", func(t *testing.T) {
		// Outside of code blocks, nothing may begin markup.
		code := ""
		for line := range strings.Lines(write(t, "report.md", c)) {
			if ticks := len(line) - len(strings.TrimLeft(line, "`")); ticks >= 3 {
				switch code {
				case "":
					code = line[:ticks]
					continue
				case strings.TrimSpace(line):
					code = ""
					continue
				}
			}
			if code != "" {
				continue
			}
			unescaped := strings.NewReplacer(`\\`, "", `\<`, "", `\[`, "", `\]`, "", "\\`", "", `\#`, "", `\!`, "", `\|`, "", `\>`, "").Replace(line)
			for _, sign := range []string{"<script", "<img", "](", "evil`", "\x1b", "\u202e"} {
				if strings.Contains(unescaped, sign) {
					t.Errorf("%q has %q", line, sign)
				}
			}
			if strings.HasPrefix(strings.TrimSpace(line), "# evil") {
				t.Errorf("a heading came from the cluster: %q", line)
			}
		}
		if code != "" {
			t.Error("a code block does not end")
		}
	})
	t.Run("in benchfmt", func(t *testing.T) {
		for line := range strings.Lines(write(t, "report.bench", c)) {
			if name, _, _ := strings.Cut(line, " "); strings.HasPrefix(line, "Benchmark") && strings.ContainsAny(name, "<>\"'`\r") {
				t.Errorf("the name %q", name)
			}
		}
	})
}

func TestThePlotOfTheOverheadLeavesRoomForWhatWasMeasured(t *testing.T) {
	for name, want := range map[string]struct {
		bands int
		share float64
	}{
		"validation":     {bands: 3, share: 0.03},
		"negative":       {bands: 3, share: 0.02},
		"far-away":       {bands: 3, share: 0.02},
		"far-thresholds": {bands: 2, share: 0.2},
	} {
		c := find(t, name)
		marks, bands := estimates(c.Benchmark), bandsOf(c.Benchmark.Spec.Thresholds)
		axis := overheadAxis(bands, marks, nil)
		for _, mark := range marks {
			if axis.beyond(mark.lower) || axis.beyond(mark.upper) {
				t.Errorf("%s: %s is off the plot", name, mark.Name)
			}
		}
		if share := axis.share(marks[1].upper) - axis.share(marks[1].lower); share < want.share {
			t.Errorf("%s: the paired interval has %.3f of the plot, want %v at least", name, share, want.share)
		}
		seen := 0
		for _, part := range bands {
			if part.lower < axis.to {
				seen++
			}
		}
		if seen != want.bands {
			t.Errorf("%s: %d bands are on the plot, want %d", name, seen, want.bands)
		}
	}
}

func TestTheManifestMeasuresTheSame(t *testing.T) {
	for _, c := range reporttest.All() {
		t.Run(c.Name, func(t *testing.T) {
			made := reproduce(c.Benchmark)
			var got v1alpha1.Benchmark
			if err := yaml.UnmarshalStrict([]byte(made.YAML), &got); err != nil {
				t.Fatalf("%v:\n%s", err, made.YAML)
			}
			if len(got.Name) > 40 {
				t.Errorf("the name %q has %d characters", got.Name, len(got.Name))
			}
			want := c.Benchmark.Spec.DeepCopy()
			want.ApplyDecision = v1alpha1.ApplyDecisionNever
			if c.Benchmark.Status.Seed != nil {
				want.Seed = c.Benchmark.Status.Seed
			}
			if made.Apart != (c.Name == "large") {
				t.Errorf("the code is apart: %v", made.Apart)
			}
			if made.Apart {
				want.Strategies, got.Spec.Strategies = nil, nil
			}
			if diff := cmp.Diff(*want, got.Spec); diff != "" && c.Name != "hostile" {
				t.Errorf("another spec (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheManifestSaysThatConfigMapsMayHaveChanged(t *testing.T) {
	c := reporttest.Load("smoke")
	c.Benchmark.Spec.Strategies[0].Source = v1alpha1.StrategySource{ConfigMapKeyRef: &v1alpha1.ConfigMapKeyReference{Name: "strategies", Key: "momentum.py"}}
	if text := write(t, "report.md", c); !strings.Contains(text, "Strategies come from ConfigMaps") {
		t.Errorf("nothing is said of the ConfigMap:\n%s", text)
	}
}

func TestBenchstatReadsBothModes(t *testing.T) {
	for name, want := range map[string]map[string]int{
		"validation": {"/mode:ASTOnly": 20, "/mode:Sandbox": 20},
		"straddling": {"/mode:ASTOnly": 36, "/mode:Sandbox": 36},
		"self-test":  {"/mode:SandboxAgain": 20, "/mode:Sandbox": 20},
		"hostile":    {"/mode:SandboxAgain": 0, "/mode:ASTOnly": 38, "/mode:Sandbox": 38},
		"empty":      {},
	} {
		t.Run(name, func(t *testing.T) {
			if got := read(t, write(t, "report.bench", find(t, name))); cmp.Diff(want, got) != "" && name != "hostile" {
				t.Errorf("results by mode (-want +got):\n%s", cmp.Diff(want, got))
			}
		})
	}
}

// read counts results by mode, as benchstat does, and fails on whatever it could not read.
func read(t *testing.T, written string) map[string]int {
	t.Helper()
	var parser benchproc.ProjectionParser
	mode, err := parser.Parse("/mode", nil)
	if err != nil {
		t.Fatal(err)
	}
	results := map[string]int{}
	reader := benchfmt.NewReader(strings.NewReader(written), "report.bench")
	for reader.Scan() {
		switch record := reader.Result().(type) {
		case *benchfmt.Result:
			results[mode.Project(record).String()]++
			if _, ok := record.Value("sec/op"); !ok {
				t.Errorf("%s has no time", record.Name)
			}
		case *benchfmt.SyntaxError:
			t.Error(record)
		}
	}
	if err := reader.Err(); err != nil {
		t.Fatal(err)
	}
	return results
}

func find(t *testing.T, name string) reporttest.Case {
	t.Helper()
	for _, c := range reporttest.All() {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no case %s", name)
	return reporttest.Case{}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestAReportThatCannotBeWrittenIsAnError(t *testing.T) {
	c := reporttest.Load("smoke")
	for name, format := range writers {
		if err := format(brokenWriter{}, c.Benchmark, c.Samples); err == nil || !strings.Contains(err.Error(), "smoke") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWritingChangesNothing(t *testing.T) {
	for _, c := range reporttest.All() {
		before, samples := c.Benchmark.DeepCopy(), write(t, "report.json", c)
		for name := range writers {
			first, second := write(t, name, c), write(t, name, c)
			if first != second {
				t.Errorf("%s as %s: another report of the same benchmark", c.Name, name)
			}
		}
		if !bytes.Equal([]byte(samples), []byte(write(t, "report.json", c))) || cmp.Diff(before, c.Benchmark) != "" {
			t.Errorf("%s: the benchmark was changed", c.Name)
		}
	}
}
