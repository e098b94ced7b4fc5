package strategyrun

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/stratbox/stratbox/internal/outcome"
)

// The recorded Pods show what a kubelet says of every end. What is judged is what the cache kept of them.
func TestTheCacheKeepsAllThatDecides(t *testing.T) {
	files, err := filepath.Glob("../../internal/outcome/testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d recorded Pods, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var recording struct {
			Now metav1.Time `json:"now"`
			Pod corev1.Pod  `json:"pod"`
		}
		if err := yaml.Unmarshal(text, &recording); err != nil {
			t.Fatal(err)
		}
		judge := func(pod *corev1.Pod) outcome.Finding {
			return outcome.Classify(outcome.Observe(pod, outcome.Attempt{RunUID: pod.OwnerReferences[0].UID, PodUID: pod.UID}, recording.Now.Time))
		}
		want := judge(&recording.Pod)
		kept, err := trimPod(recording.Pod.DeepCopy())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, judge(kept.(*corev1.Pod))); diff != "" {
			t.Errorf("%s (-whole Pod +what the cache keeps):\n%s", filepath.Base(file), diff)
		}
	}
}
