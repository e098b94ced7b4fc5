package podspec_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/config"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/podspec"
	"github.com/stratbox/stratbox/internal/testutil"
)

var update = flag.Bool("update", false, "write the golden files anew")

var started = time.Date(2026, 11, 23, 9, 0, 0, 123_000_000, time.UTC)

func settings(changes ...func(*config.Config)) podspec.Settings {
	cfg := config.Default()
	cfg.Datasets = map[string]config.Dataset{
		"tw-daily": {PersistentVolumeClaim: &config.ClaimSource{ClaimName: "tw-daily"}},
		"packed":   {Image: &config.ImageSource{Reference: "registry.example/tw-daily:2026-11"}},
	}
	for _, change := range changes {
		change(&cfg)
	}
	return podspec.Settings{Config: cfg, SeccompProfile: "stratbox/strategy-0123456789ab.json"}
}

func run() *testutil.RunBuilder {
	return testutil.MakeRun("runs", "momentum-0042").UID("6f1c1c5e-2d0a-4c3b-9a57-0f4f5f1b2a11")
}

func TestPodsAreExactlyTheGoldenOnes(t *testing.T) {
	tests := map[string]struct {
		run      *testutil.RunBuilder
		attempt  int32
		settings podspec.Settings
	}{
		"defaults": {run: run(), settings: settings()},
		"everything-set": {
			run: run().StrategyID("gen12/momentum-0042").ConfigMap("strategies", "momentum.py").Dataset("packed").
				Parameter("window", "120").Memory("4Gi").CPU("2500m").Deadline(600).StartDeadline(30),
			attempt: 3,
			settings: settings(func(cfg *config.Config) {
				cfg.Gate.Mode = contract.GateReport
				cfg.Sandbox.RuntimeClassName = "hardened"
				cfg.Sandbox.UserNamespaces = true
				cfg.Sandbox.Seccomp.Type = corev1.SeccompProfileTypeRuntimeDefault
				cfg.Sandbox.AllowPartialDetection = true
				cfg.Sandbox.NodeSelector = map[string]string{"stratbox.dev/runs": "only"}
				cfg.Sandbox.Tolerations = []corev1.Toleration{{Key: "stratbox.dev/runs", Operator: corev1.TolerationOpExists}}
			}),
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			pod, err := podspec.Build(test.run.Obj(), test.attempt, test.settings, started)
			if err != nil {
				t.Fatal(err)
			}
			got, err := yaml.Marshal(pod)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name+".yaml")
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("Pod (-golden +got):\n%s", diff)
			}
		})
	}
}

func TestTheSameRunGivesTheSamePod(t *testing.T) {
	first, err := podspec.Build(run().Parameter("a", "1").Parameter("b", "2").Obj(), 0, settings(), started)
	if err != nil {
		t.Fatal(err)
	}
	second, err := podspec.Build(run().Parameter("b", "2").Parameter("a", "1").Obj(), 0, settings(), started)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("Pods differ:\n%s", diff)
	}
}

func TestTheTaskSaysWhatTheRunnerIsToDo(t *testing.T) {
	obj := run().Parameter("window", "120").CPU("2500m").Deadline(1).Obj()
	pod, err := podspec.Build(obj, 7, settings(), started)
	if err != nil {
		t.Fatal(err)
	}
	got, err := contract.DecodeTask([]byte(pod.Annotations[v1alpha1.AnnotationTask]))
	if err != nil {
		t.Fatal(err)
	}
	want := contract.Task{
		Version: contract.TaskVersion, Namespace: "runs", Run: "momentum-0042", RunUID: string(obj.UID),
		StrategyID: "momentum-0042", Attempt: 7, Dataset: "tw-daily", GateMode: contract.GateEnforce,
		Parameters: map[string]string{"window": "120"}, DeadlineMillis: 1000, CPUMillis: 300_000, Threads: 3,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("task (-want +got):\n%s", diff)
	}
}

func TestThreadsAreTheCPULimitRoundedUp(t *testing.T) {
	for cpu, want := range map[string]int{"100m": 1, "1": 1, "1001m": 2, "2": 2, "64": 64} {
		pod, err := podspec.Build(run().CPU(cpu).Obj(), 0, settings(), started)
		if err != nil {
			t.Fatal(err)
		}
		task, err := contract.DecodeTask([]byte(pod.Annotations[v1alpha1.AnnotationTask]))
		if err != nil {
			t.Fatal(err)
		}
		if task.Threads != want {
			t.Errorf("cpu %s: %d threads, want %d", cpu, task.Threads, want)
		}
	}
}

func TestTheKubeletsDeadlineComesAfterAllOthers(t *testing.T) {
	pod, err := podspec.Build(run().Deadline(10).StartDeadline(5).Obj(), 0, settings(), started)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := *pod.Spec.ActiveDeadlineSeconds, int64(5+10+podspec.AllowanceSeconds); got != want {
		t.Errorf("activeDeadlineSeconds %d, want %d", got, want)
	}
}

func TestRequestsEqualLimits(t *testing.T) {
	pod, err := podspec.Build(run().Memory("512Mi").Obj(), 0, settings(), started)
	if err != nil {
		t.Fatal(err)
	}
	resources := pod.Spec.Containers[0].Resources
	if diff := cmp.Diff(resources.Limits, resources.Requests); diff != "" {
		t.Errorf("requests differ from limits:\n%s", diff)
	}
	if memory := resources.Limits[corev1.ResourceMemory]; memory.Cmp(resource.MustParse("512Mi")) != 0 {
		t.Errorf("memory limit %s, want 512Mi", memory.String())
	}
}

func TestTheLargestSourceFitsIntoThePodsAnnotations(t *testing.T) {
	obj := run().Obj()
	obj.Spec.Source.Inline = strings.Repeat("a", contract.MaxSourceBytes)
	for i := range 32 {
		if obj.Spec.Parameters == nil {
			obj.Spec.Parameters = map[string]string{}
		}
		obj.Spec.Parameters[strings.Repeat("k", 61)+string(rune('a'+i/26))+string(rune('a'+i%26))] = strings.Repeat("\x01", 256)
	}
	pod, err := podspec.Build(obj, 0, settings(), started)
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for key, value := range pod.Annotations {
		total += len(key) + len(value)
	}
	// The API server's bound on all annotations of an object together.
	if total > 256<<10 {
		t.Errorf("annotations have %d bytes, at most %d are allowed", total, 256<<10)
	}
}

func TestAnUnknownDatasetHasNoPod(t *testing.T) {
	if _, err := podspec.Build(run().Dataset("us-daily").Obj(), 0, settings(), started); err == nil {
		t.Error("no error for a dataset that is not configured")
	}
}

func TestEveryRunHasAUserOfItsOwn(t *testing.T) {
	seen := map[int64]int{}
	for i := range 100 {
		pod, err := podspec.Build(testutil.MakeRun("runs", "r").UID(types.UID(fmt.Sprintf("6f1c1c5e-2d0a-4c3b-9a57-%012d", i))).Obj(), 0, settings(), started)
		if err != nil {
			t.Fatal(err)
		}
		user := *pod.Spec.Containers[0].SecurityContext.RunAsUser
		if user < 10000 || user >= 60000 {
			t.Errorf("user %d is outside 10000 to 59999", user)
		}
		if *pod.Spec.SecurityContext.RunAsUser != user {
			t.Errorf("the Pod's user %d is not the container's %d", *pod.Spec.SecurityContext.RunAsUser, user)
		}
		seen[user]++
	}
	if len(seen) < 95 {
		t.Errorf("100 runs share %d users", len(seen))
	}
}
