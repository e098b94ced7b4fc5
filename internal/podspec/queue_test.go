package podspec_test

import (
	"testing"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/podspec"
)

func TestTheNameOfAQueueIsPassedOnAndNoOtherLabel(t *testing.T) {
	queued := run().Obj()
	queued.Labels = map[string]string{v1alpha1.LabelQueue: "strategies", v1alpha1.LabelRun: "another", "team": "alpha"}
	pod, err := podspec.Build(queued, 0, settings(), started)
	if err != nil {
		t.Fatal(err)
	}
	if got := pod.Labels[v1alpha1.LabelQueue]; got != "strategies" {
		t.Errorf("queue %q, want strategies", got)
	}
	if pod.Labels[v1alpha1.LabelRun] != queued.Name || pod.Labels["team"] != "" {
		t.Errorf("labels %v", pod.Labels)
	}
}
