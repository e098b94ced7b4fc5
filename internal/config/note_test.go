package config_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/config"
)

var update = flag.Bool("update", false, "write the golden files anew")

func decided(decision v1alpha1.Decision) *v1alpha1.Benchmark {
	b := &v1alpha1.Benchmark{}
	b.Namespace, b.Name = "stratbox-runs", "validation"
	b.Status = v1alpha1.BenchmarkStatus{
		Decision:  decision,
		Rationale: "The overhead of 31.2 % is below 50 %, and so is its whole interval.",
		Statistics: &v1alpha1.BenchmarkStatistics{
			ValidPairs: ptr.To[int32](20), ExcludedPairs: ptr.To[int32](1), OverheadPercent: "31.2",
			Paired:   &v1alpha1.Estimate{Percent: "31.0", LowerPercent: "29.1", UpperPercent: "32.9", Interval: "29.1 to 32.9", Confidence: "0.95"},
			Mean:     &v1alpha1.Estimate{Percent: "31.2", Interval: "28.8 to 33.6", Confidence: "0.95"},
			Median:   &v1alpha1.Estimate{Percent: "30.8", Interval: "29.0 to 33.5"},
			CPU:      &v1alpha1.Estimate{Percent: "0.4"},
			Sandbox:  &v1alpha1.HalfStatistics{Runs: ptr.To[int32](21), Succeeded: ptr.To[int32](20), MeanMillis: ptr.To[int64](4212)},
			Baseline: &v1alpha1.HalfStatistics{Runs: ptr.To[int32](21), Succeeded: ptr.To[int32](21), MeanMillis: ptr.To[int64](3210)},
		},
		FunctionalTests: []v1alpha1.FunctionalTest{
			{Name: "starts-under-10s", Outcome: v1alpha1.FunctionalPass, Message: "the Pod of function started after 700ms"},
			{Name: "network-denied", Outcome: v1alpha1.FunctionalPass, Message: "EPERM and recorded: socket"},
		},
		Environment: &v1alpha1.BenchmarkEnvironment{
			Node: "node0", Kernel: "6.18.0", Architecture: "amd64", ContainerRuntime: "containerd://2.1.4", Kubelet: "v1.37.2",
			CPUModel: "AMD EPYC 7B13", CPUs: "2", CgroupVersion: "v1", Speculation: "store bypass: vulnerable; indirect branch: always enabled",
			Image: "stratbox.dev/runner@sha256:2c26b4", Profile: "stratbox/strategy-0123456789ab.json", Policy: "sha256:6030", Dataset: "sha256:9f86", Operator: "v0.3.0",
		},
	}
	return b
}

func applied(b *v1alpha1.Benchmark, enabled bool) config.Applied {
	return config.Applied{
		Benchmark: b, Enabled: enabled, At: time.Date(2026, 11, 23, 22, 5, 0, 0, time.FixedZone("", 8*3600)),
		Namespace: "stratbox-system", ConfigMap: "stratbox-config",
	}
}

func TestTheNoteSaysWhyTheSwitchIsWhatItIs(t *testing.T) {
	failing := decided(v1alpha1.DecisionDoNotUse)
	failing.Status.Rationale = "1 of 2 functional tests failed: network-denied."
	failing.Status.FunctionalTests[1].Outcome = v1alpha1.FunctionalFail
	failing.Status.FunctionalTests[1].Message = "run network: not recorded: socket; recorded: openat"
	bare := &v1alpha1.Benchmark{}
	bare.Namespace, bare.Name = "stratbox-runs", "bare"
	bare.Status.Decision, bare.Status.Rationale = v1alpha1.DecisionDocumentOnly, "The overhead is 120 %."
	bare.Status.Statistics = &v1alpha1.BenchmarkStatistics{Sandbox: &v1alpha1.HalfStatistics{}}
	for name, a := range map[string]config.Applied{
		"enabled":  applied(decided(v1alpha1.DecisionEnableByDefault), true),
		"optional": applied(decided(v1alpha1.DecisionOptional), false),
		"failing":  applied(failing, false),
		"bare":     applied(bare, false),
	} {
		t.Run(name, func(t *testing.T) {
			got, golden := config.StatusNote(a), filepath.Join("testdata", "note-"+name+".md")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("note (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatTheNoteQuotesStaysText(t *testing.T) {
	b := decided(v1alpha1.DecisionOptional)
	b.Status.Rationale = "a\n# b | c <img src=x> `d` [e](http://f) \x1b[2J"
	b.Status.Environment.CPUModel = "x | y\n\n<script>"
	note := config.StatusNote(applied(b, false))
	if !strings.Contains(note, "a \\# b \\| c \\<img src=x\\> \\`d\\` \\[e\\](http://f)  \\[2J\n") {
		t.Errorf("the rationale is\n%s", note)
	}
	if !strings.Contains(note, "| processor | x \\| y  \\<script\\> |\n") || strings.Contains(note, "\x1b") {
		t.Errorf("the processor is\n%s", note)
	}
}
