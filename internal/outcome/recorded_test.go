package outcome_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/outcome"
)

// TestRecordedPods judges Pods that a real kubelet reported on (Kubernetes 1.37, containerd 2.4, runc 1.5; see
// test/e2e/verdicts_*_test.go), each at the moment it was recorded.
func TestRecordedPods(t *testing.T) {
	type expectation struct {
		verdict v1alpha1.Verdict
		says    string
	}
	want := map[string]expectation{
		"ast-rejected":                    {v1alpha1.VerdictASTRejected, "the gate refused the code at line 1"},
		"completed":                       {v1alpha1.VerdictCompleted, "was scored"},
		"config-missing":                  {v1alpha1.VerdictPodRejected, `configmap "no-such-configmap" not found`},
		"containerd-restarted":            {v1alpha1.VerdictCompleted, "was scored"},
		"cpu-time":                        {v1alpha1.VerdictCPUTimeExceeded, "its limit is 1s"},
		"crash":                           {v1alpha1.VerdictStrategyError, "SIGSEGV"},
		"dataset-missing":                 {v1alpha1.VerdictStartDeadlineExceeded, `persistentvolumeclaim "no-such-claim" not found`},
		"deadline-by-kubelet":             {v1alpha1.VerdictDeadlineExceeded, "the kubelet ended the Pod at its deadline"},
		"deadline-by-runner":              {v1alpha1.VerdictDeadlineExceeded, "its limit is 3s"},
		"disk-limit":                      {v1alpha1.VerdictDiskLimitExceeded, "limit of 16Mi"},
		"evicted-for-the-node":            {v1alpha1.VerdictNodeDisrupted, "low on resource: memory"},
		"exit-137":                        {v1alpha1.VerdictResultInvalid, "exit code 137"},
		"image-missing":                   {v1alpha1.VerdictImagePullFailed, "ErrImagePull"},
		"image-missing-at-start-deadline": {v1alpha1.VerdictImagePullFailed, "does-not-exist"},
		"image-name-invalid":              {v1alpha1.VerdictImagePullFailed, "InvalidImageName"},
		"kubelet-restarted":               {v1alpha1.VerdictCompleted, "was scored"},
		"node-given-up":                   {v1alpha1.VerdictNodeDisrupted, "DeletionByTaintManager"},
		"node-silent":                     {v1alpha1.VerdictNodeDisrupted, "has not reported the end of the Pod"},
		"not-admitted":                    {v1alpha1.VerdictPodRejected, "OutOfcpu"},
		"oom-and-deadline":                {v1alpha1.VerdictOOMKilled, "memory limit of 512Mi"},
		"oom-of-the-child":                {v1alpha1.VerdictOOMKilled, "memory limit of 512Mi"},
		"oom-of-the-container":            {v1alpha1.VerdictOOMKilled, "memory limit of 512Mi"},
		"oom-while-importing":             {v1alpha1.VerdictOOMKilled, "memory limit of 48Mi"},
		"oom-while-scoring":               {v1alpha1.VerdictOOMKilled, "in phase Scoring"},
		"pod-deleted":                     {v1alpha1.VerdictPodLost, "was deleted before its runner had finished"},
		"pod-evicted-by-api":              {v1alpha1.VerdictNodeDisrupted, "EvictionByEvictionAPI"},
		"preempted":                       {v1alpha1.VerdictNodeDisrupted, "PreemptionByScheduler"},
		"profile-missing":                 {v1alpha1.VerdictSeccompProfileMissing, "cannot load seccomp profile"},
		"profile-of-the-runtime":          {v1alpha1.VerdictSandboxUnsupported, "sealed"},
		"program-missing":                 {v1alpha1.VerdictPodRejected, "no-such-program"},
		"refused-while-running":           {v1alpha1.VerdictNodeDisrupted, "OutOfmemory"},
		"result-invalid":                  {v1alpha1.VerdictResultInvalid, ""},
		"runner-killed":                   {v1alpha1.VerdictRunnerFailed, "exit code 137 (Error), in phase"},
		"runner-left-no-record":           {v1alpha1.VerdictRunnerFailed, "exit code 1 (Error): the container left no verdict record"},
		"runner-told-to-end":              {v1alpha1.VerdictRunnerFailed, "in phase Execution"},
		"security-violation":              {v1alpha1.VerdictSecurityViolation, "socket (1)"},
		"source-missing":                  {v1alpha1.VerdictStartDeadlineExceeded, "mounting its volumes (task of ConfigMap no-such-configmap; dataset of PersistentVolumeClaim tw-daily)"},
		"strategy-error":                  {v1alpha1.VerdictStrategyError, "ZeroDivisionError"},
		"strategy-killed":                 {v1alpha1.VerdictRunnerFailed, "ended from outside, with SIGKILL"},
		"unschedulable":                   {v1alpha1.VerdictStartDeadlineExceeded, "Insufficient cpu"},
		"violation-and-oom":               {v1alpha1.VerdictSecurityViolation, "socket (1)"},
	}
	files, err := filepath.Glob(filepath.Join("testdata", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(want) {
		t.Errorf("%d recorded Pods, %d expectations", len(files), len(want))
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			expected, found := want[name]
			if !found {
				t.Fatal("nothing is expected of this Pod")
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var recording struct {
				Now metav1.Time `json:"now"`
				Pod corev1.Pod  `json:"pod"`
			}
			if err := yaml.UnmarshalStrict(text, &recording); err != nil {
				t.Fatal(err)
			}
			pod := &recording.Pod
			finding := outcome.Classify(outcome.Observe(pod, outcome.Attempt{RunUID: pod.OwnerReferences[0].UID, PodUID: pod.UID}, recording.Now.Time))
			if finding.Verdict != expected.verdict || !strings.Contains(finding.Message, expected.says) {
				t.Errorf("%s: %s\nwant %s: ... %s", finding.Verdict, finding.Message, expected.verdict, expected.says)
			}
			t.Log(finding.Message)
		})
	}
}
