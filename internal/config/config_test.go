package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/config"
	"github.com/stratbox/stratbox/internal/contract"
)

func TestNothingSetMeansTheDefaults(t *testing.T) {
	for name, text := range map[string]string{
		"an empty file":          "",
		"a file of comments":     "# nothing\n",
		"empty sections":         "sandbox: {}\ngate: {}\n",
		"sections that are null": "sandbox: null\nttl: null\n",
		"an empty object":        "{}",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := config.Decode([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(config.Default(), got); diff != "" {
				t.Errorf("configuration (-default +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsSetReplacesItsDefaultAlone(t *testing.T) {
	got, err := config.Decode([]byte(`
sandbox:
  enabled: false
  limits: {memory: 4Gi, deadlineSeconds: 60}
  fallback: {policy: Never}
  runtimeClassName: hardened
  seccomp: {type: RuntimeDefault}
  allowPartialDetection: true
gate: {mode: Report}
concurrency: {maxConcurrentRuns: 2}
datasets:
  tw-daily: {persistentVolumeClaim: {claimName: tw-daily}}
  packed: {image: {reference: "registry.example/tw:1", pullPolicy: Always}}
images: {runner: "registry.example/runner:1"}
ttl: {secondsAfterFinished: 0}
`))
	if err != nil {
		t.Fatal(err)
	}
	want := config.Default()
	want.Sandbox.Enabled = false
	want.Sandbox.Limits.Memory = resource.MustParse("4Gi")
	want.Sandbox.Limits.DeadlineSeconds = 60
	want.Sandbox.Fallback.Policy = v1alpha1.FallbackNever
	want.Sandbox.RuntimeClassName = "hardened"
	want.Sandbox.Seccomp.Type = "RuntimeDefault"
	want.Sandbox.AllowPartialDetection = true
	want.Gate.Mode = contract.GateReport
	want.Concurrency.MaxConcurrentRuns = 2
	want.Datasets = map[string]config.Dataset{
		"tw-daily": {PersistentVolumeClaim: &config.ClaimSource{ClaimName: "tw-daily"}},
		"packed":   {Image: &config.ImageSource{Reference: "registry.example/tw:1", PullPolicy: "Always"}},
	}
	want.Images.Runner = "registry.example/runner:1"
	want.TTL.SecondsAfterFinished = 0
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
	if got, want := got.DatasetNames(), "packed, tw-daily"; got != want {
		t.Errorf("dataset names %q, want %q", got, want)
	}
}

func TestMistakesAreNamed(t *testing.T) {
	tests := map[string]struct{ text, says string }{
		"a misspelt section":             {"sandboxx: {}", `unknown field "sandboxx"`},
		"a misspelt limit":               {"sandbox: {limits: {memroy: 1Gi}}", `unknown field "sandbox.limits.memroy"`},
		"another case":                   {"Sandbox: {}", `unknown field "Sandbox"`},
		"a field that is written twice":  {"ttl: {}\nttl: {}\n", "already set"},
		"something that is not YAML":     {"sandbox: [", "not valid YAML"},
		"a list in place of a section":   {"sandbox: []", "cannot be read"},
		"a number in place of a word":    {"gate: {mode: 1}", "cannot be read"},
		"a quantity that is none":        {"sandbox: {limits: {memory: lots}}", "cannot be read"},
		"memory just below its bound":    {"sandbox: {limits: {memory: 268435455}}", "sandbox.limits.memory is 268435455, must be between 256Mi and 64Gi"},
		"memory above its bound":         {"sandbox: {limits: {memory: 65Gi}}", "sandbox.limits.memory"},
		"a negative CPU":                 {"sandbox: {limits: {cpu: -1}}", "sandbox.limits.cpu"},
		"CPU just below its bound":       {"sandbox: {limits: {cpu: 99m}}", "sandbox.limits.cpu"},
		"disk just below its bound":      {"sandbox: {limits: {ephemeralStorage: 15Mi}}", "sandbox.limits.ephemeralStorage"},
		"no deadline":                    {"sandbox: {limits: {deadlineSeconds: 0}}", "sandbox.limits.deadlineSeconds is 0, must be between 1 and 86400"},
		"a deadline above its bound":     {"sandbox: {limits: {deadlineSeconds: 86401}}", "sandbox.limits.deadlineSeconds"},
		"a deadline that overflows":      {"sandbox: {limits: {deadlineSeconds: 4294967297}}", "cannot be read"},
		"CPU time above its bound":       {"sandbox: {limits: {cpuTimeSeconds: 86401}}", "sandbox.limits.cpuTimeSeconds"},
		"a start deadline of none":       {"sandbox: {limits: {startDeadlineSeconds: 0}}", "sandbox.limits.startDeadlineSeconds"},
		"a start deadline above a bound": {"sandbox: {limits: {startDeadlineSeconds: 3601}}", "sandbox.limits.startDeadlineSeconds"},
		"a fallback policy there is not": {"sandbox: {fallback: {policy: Sometimes}}", `sandbox.fallback.policy is "Sometimes", must be one of`},
		"no seccomp profile":             {"sandbox: {seccomp: {type: Unconfined}}", `sandbox.seccomp.type is "Unconfined", must be one of ["Localhost" "RuntimeDefault"]`},
		"a gate mode there is not":       {"gate: {mode: Lax}", `gate.mode is "Lax", must be one of ["Enforce" "Report"]`},
		"no run at a time":               {"concurrency: {maxConcurrentRuns: 0}", "concurrency.maxConcurrentRuns is 0"},
		"too many runs at a time":        {"concurrency: {maxConcurrentRuns: 1001}", "concurrency.maxConcurrentRuns is 1001"},
		"a negative TTL":                 {"ttl: {secondsAfterFinished: -1}", "ttl.secondsAfterFinished"},
		"no runner image":                {`images: {runner: ""}`, "images.runner must not be empty"},
		"a dataset that is nowhere":      {"datasets: {a: {}}", "datasets.a: set exactly one of"},
		"a dataset that is in two places": {
			"datasets: {a: {persistentVolumeClaim: {claimName: a}, image: {reference: b}}}", "datasets.a: set exactly one of"},
		"a claim without a name":       {"datasets: {a: {persistentVolumeClaim: {}}}", "datasets.a.persistentVolumeClaim.claimName must not be empty"},
		"an image without a name":      {"datasets: {a: {image: {}}}", "datasets.a.image.reference must not be empty"},
		"a pull policy there is not":   {"datasets: {a: {image: {reference: b, pullPolicy: Maybe}}}", "datasets.a.image.pullPolicy"},
		"a dataset's name in capitals": {"datasets: {TW: {image: {reference: b}}}", "datasets.TW: a dataset's name"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := config.Decode([]byte(test.text))
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %q does not say %q", err, test.says)
			}
		})
	}
}

func TestAMistakeIsReportedWithItsLine(t *testing.T) {
	tests := map[string]struct{ text, says string }{
		"a misspelt field":                {"gate: {}\nsandbox:\n  limits:\n    memroy: 1Gi\n", `line 4: unknown field "sandbox.limits.memroy"`},
		"a value out of bounds":           {"# a comment\n\nconcurrency:\n  maxConcurrentRuns: 0\n", "line 4: concurrency.maxConcurrentRuns is 0"},
		"the second mistake":              {"gate: {mode: Lax}\nttl:\n  secondsAfterFinished: -1\n", "line 3: ttl.secondsAfterFinished"},
		"a dataset that is nowhere":       {"datasets:\n  other: {image: {reference: x}}\n  a: {}\n", "line 3: datasets.a: set exactly one of"},
		"a list in place of a section":    {"gate: {}\nsandbox: []\n", "cannot be read"},
		"something that is not YAML":      {"gate: {}\nsandbox: [", "line 2"},
		"a field that is missing its own": {"images:\n  runner: \"\"\n", "line 2: images.runner must not be empty"},
		"a claim without a name":          {"datasets:\n  a:\n    persistentVolumeClaim: {}\n", "line 3: datasets.a.persistentVolumeClaim.claimName"},
		"no patience":                     {"executor: {patienceSeconds: 0}\n", "line 1: executor.patienceSeconds is 0, must be between 1 and 3600"},
		"too long a queue":                {"executor: {queueSeconds: 86401}\n", "line 1: executor.queueSeconds is 86401"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := config.Decode([]byte(test.text))
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v does not say %q", err, test.says)
			}
		})
	}
}

func TestARunsOwnPolicyReplacesTheInstallations(t *testing.T) {
	cfg := config.Default()
	if got := cfg.FallbackFor(""); got != v1alpha1.FallbackSandboxFailure {
		t.Errorf("policy %s, want the default SandboxFailure", got)
	}
	if got := cfg.FallbackFor(v1alpha1.FallbackNever); got != v1alpha1.FallbackNever {
		t.Errorf("policy %s, want Never", got)
	}
}

func TestEveryMistakeIsReportedAtOnce(t *testing.T) {
	_, err := config.Decode([]byte("gate: {mode: Lax}\nttl: {secondsAfterFinished: -1}\n"))
	if err == nil || !strings.Contains(err.Error(), "gate.mode") || !strings.Contains(err.Error(), "ttl.secondsAfterFinished") {
		t.Errorf("error %v does not name both mistakes", err)
	}
}

func TestAFileThatIsTooLargeIsNotRead(t *testing.T) {
	if _, err := config.Decode(make([]byte, config.MaxBytes+1)); err == nil {
		t.Error("no error")
	}
}

func TestABoundIsWithinItself(t *testing.T) {
	for _, text := range []string{
		"sandbox: {limits: {memory: 256Mi, cpu: 100m, ephemeralStorage: 16Mi, deadlineSeconds: 1, cpuTimeSeconds: 1, startDeadlineSeconds: 1}}",
		"sandbox: {limits: {memory: 64Gi, cpu: 64, ephemeralStorage: 64Gi, deadlineSeconds: 86400, cpuTimeSeconds: 86400, startDeadlineSeconds: 3600}}",
		"concurrency: {maxConcurrentRuns: 1}", "concurrency: {maxConcurrentRuns: 1000}",
		fmt.Sprintf("datasets: {%s: {image: {reference: x}}}", strings.Repeat("a", 63)),
	} {
		if _, err := config.Decode([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestARunsOwnLimitsReplaceTheInstallations(t *testing.T) {
	cfg := config.Default()
	want := cfg.Sandbox.Limits
	want.Memory, want.DeadlineSeconds = resource.MustParse("8Gi"), 1
	got := cfg.LimitsFor(v1alpha1.Limits{Memory: ptr.To(resource.MustParse("8Gi")), DeadlineSeconds: ptr.To(int32(1))})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("limits (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(config.Default(), cfg); diff != "" {
		t.Errorf("the configuration itself changed:\n%s", diff)
	}
}

func TestAutoMeansWhatTheInstallationSays(t *testing.T) {
	enabled, disabled := config.Default(), config.Default()
	disabled.Sandbox.Enabled = false
	for _, test := range []struct {
		cfg             config.Config
		requested, want v1alpha1.Mode
	}{
		{enabled, "", v1alpha1.ModeSandbox},
		{enabled, v1alpha1.ModeAuto, v1alpha1.ModeSandbox},
		{enabled, v1alpha1.ModeASTOnly, v1alpha1.ModeASTOnly},
		{disabled, "", v1alpha1.ModeASTOnly},
		{disabled, v1alpha1.ModeAuto, v1alpha1.ModeASTOnly},
		{disabled, v1alpha1.ModeSandbox, v1alpha1.ModeSandbox},
	} {
		if got := test.cfg.ModeFor(test.requested); got != test.want {
			t.Errorf("sandbox.enabled %v, spec.mode %q: %s, want %s", test.cfg.Sandbox.Enabled, test.requested, got, test.want)
		}
	}
}

func TestATTLOfZeroIsNotADefault(t *testing.T) {
	cfg := config.Default()
	if got := cfg.TTLFor(nil); got != 3600 {
		t.Errorf("TTL %d, want the default 3600", got)
	}
	if got := cfg.TTLFor(ptr.To(int32(0))); got != 0 {
		t.Errorf("TTL %d, want 0", got)
	}
}

func TestAnInstallationWithoutDatasetsSaysSo(t *testing.T) {
	if got := config.Default().DatasetNames(); got != "none" {
		t.Errorf("dataset names %q, want none", got)
	}
}

// FuzzDecode: no text may panic, and what is taken over is within bounds.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"", "sandbox: {enabled: false}", "datasets: {a: {image: {reference: b}}}", "sandbox: {limits: {memory: 1e9}}",
		"&a [*a]", "a: &a {b: *a}", "? {}\n: 1", "sandbox: {tolerations: [{tolerationSeconds: -1}]}", "\xff", "!!binary x",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		cfg, err := config.Decode(text)
		if err != nil {
			return
		}
		if cfg.Concurrency.MaxConcurrentRuns < 1 || cfg.Sandbox.Limits.DeadlineSeconds < 1 || cfg.Images.Runner == "" {
			t.Errorf("taken over: %+v", cfg)
		}
	})
}
