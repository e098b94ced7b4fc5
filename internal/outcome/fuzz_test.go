package outcome_test

import (
	"encoding/json"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/outcome"
	"github.com/stratbox/stratbox/internal/testutil"
)

// FuzzClassify feeds Pods that no kubelet would report. None may panic, and none may be scored without exit code 0 and a
// complete record of this very attempt.
func FuzzClassify(f *testing.F) {
	record := testutil.MakeRecord(runUID, 0).Completed().Text()
	for _, status := range []*testutil.PodStatusBuilder{
		kubelet(), kubelet().Running(), kubelet().NoContainer().Phase(corev1.PodFailed, "Evicted", ""),
		kubelet().Terminated(0, "Completed", record), kubelet().Terminated(137, "OOMKilled", record),
		kubelet().Terminated(0, "Completed", record[:len(record)/2]).Disrupted("TerminationByKubelet", "x"),
	} {
		text, err := json.Marshal(corev1.Pod{Status: status.Obj()})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, int64(0))
	}
	f.Add([]byte(`{"metadata":{"annotations":{"stratbox.dev/task":"{","stratbox.dev/start-deadline-seconds":"-1"}},"spec":{"activeDeadlineSeconds":9223372036854775807}}`), int64(1)<<62)
	f.Fuzz(func(t *testing.T, text []byte, seconds int64) {
		var pod corev1.Pod
		if json.Unmarshal(text, &pod) != nil {
			return
		}
		facts := outcome.Observe(&pod, outcome.Attempt{RunUID: runUID}, created.Add(time.Duration(seconds)))
		facts.Next()
		finding := outcome.Classify(facts)
		if len(finding.Message) > 1024 || contract.Clean(finding.Message) != finding.Message {
			t.Errorf("message %q", finding.Message)
		}
		if finding.Verdict != v1alpha1.VerdictCompleted {
			return
		}
		terminated := pod.Status.ContainerStatuses[0].State.Terminated
		if terminated == nil || terminated.ExitCode != 0 || terminated.Signal != 0 || terminated.Reason == "OOMKilled" {
			t.Errorf("scored although it failed: %s", text)
		}
		if record, err := contract.DecodeRecord(terminated.Message, runUID, 0); err != nil || record.Verdict != v1alpha1.VerdictCompleted {
			t.Errorf("scored without a record: %v", err)
		}
	})
}
