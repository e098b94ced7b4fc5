package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/outcome"
)

// artifacts receives what the specs leave behind for people and for unit tests.
const artifacts = "../../.artifacts"

// end is one way for a run to end, and what must be said of it.
type end struct {
	code    string
	options []option
	// settings changes learning_system.yaml, alter what the manager creates: JSON Patch operations of a mutating policy.
	settings func(string) string
	alter    []string
	// during happens once the strategy's container runs.
	during func(context.Context, *v1alpha1.StrategyRun, *corev1.Pod)

	verdict v1alpha1.Verdict
	says    string
	// recording names the file that keeps the Pod as it was when its end could first be told; none if there is no Pod to keep.
	recording string
}

// bringAbout makes a run end that way and checks what is said of it. What happened is the name of the spec.
func bringAbout(ctx SpecContext, e end) {
	GinkgoHelper()
	if e.settings != nil {
		configure(ctx, e.settings)
	}
	if e.alter != nil {
		alterPods(ctx, e.alter...)
	}
	if e.code == "" {
		e.code = functionStyle
	}
	run := submit(ctx, e.code, e.options...)
	kept := make(chan error, 1)
	watching, stop := context.WithCancel(ctx)
	defer stop()
	if e.recording != "" {
		go func() { kept <- keepPod(watching, run, e.recording) }()
	}
	if e.during != nil {
		e.during(ctx, run, executing(ctx, run))
	}
	tell(finished(ctx, run), e.verdict, e.says)
	if e.recording != "" {
		Expect(<-kept).To(Succeed())
	}
}

// told is one line of the confusion matrix: what happened, what ought to be said of it, and what was.
type told struct {
	happened   string
	want, said v1alpha1.Verdict
	message    string
}

const toldEntry = "told"

// tell notes what is said of a run for the confusion matrix and asserts that it is the truth.
func tell(run *v1alpha1.StrategyRun, want v1alpha1.Verdict, says string) {
	GinkgoHelper()
	said, _ := verdict(run)
	message := ""
	if succeeded := apimeta.FindStatusCondition(run.Status.Conditions, v1alpha1.ConditionSucceeded); succeeded != nil {
		message = succeeded.Message
	}
	happened := strings.TrimPrefix(CurrentSpecReport().FullText(), "The verdict is true when ")
	AddReportEntry(toldEntry, told{happened: happened, want: want, said: said, message: message}, ReportEntryVisibilityNever)
	Expect(said).To(Equal(want), message)
	Expect(message).To(ContainSubstring(says))
}

var _ = ReportAfterSuite("verdicts.tsv", func(report Report) {
	lines := []string{"happened\twant\tsaid\tmessage"}
	for _, spec := range report.SpecReports {
		for _, entry := range spec.ReportEntries {
			if t, isTold := entry.GetRawValue().(told); isTold {
				lines = append(lines, strings.Join([]string{t.happened, string(t.want), string(t.said), strings.Join(strings.Fields(t.message), " ")}, "\t"))
			}
		}
	}
	Expect(os.MkdirAll(artifacts, 0o755)).To(Succeed())
	Expect(os.WriteFile(filepath.Join(artifacts, "verdicts.tsv"), []byte(strings.Join(lines, "\n")+"\n"), 0o644)).To(Succeed())
})

// keepPod follows a run's Pod until its end can be told from it, and writes it down as it is then.
func keepPod(ctx context.Context, run *v1alpha1.StrategyRun, name string) error {
	events, err := cluster.Watch(ctx, &corev1.PodList{}, client.InNamespace(run.Namespace), client.MatchingFields{"metadata.name": run.Name + "-0"})
	if err != nil {
		return fmt.Errorf("watch the Pod: %w", err)
	}
	defer events.Stop()
	var pod *corev1.Pod
	// Some ends no report brings about, only time.
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("the Pod was followed to no end: %w", ctx.Err())
		case event, open := <-events.ResultChan():
			if !open {
				return errors.New("the watch ended")
			}
			reported, isPod := event.Object.(*corev1.Pod)
			if !isPod {
				return fmt.Errorf("the watch sent %T", event.Object)
			}
			pod = reported
		case <-timer.C:
		}
		now := time.Now()
		facts := outcome.Observe(pod, outcome.Attempt{RunUID: run.UID, PodUID: pod.UID}, now)
		if outcome.Classify(facts).Verdict != "" {
			return writePod(pod, now, name)
		}
		if next := facts.Next(); !next.IsZero() {
			timer.Reset(next.Sub(now))
		}
	}
}

func writePod(pod *corev1.Pod, now time.Time, name string) error {
	pod = pod.DeepCopy()
	pod.ManagedFields = nil
	text, err := yaml.Marshal(struct {
		Now metav1.Time `json:"now"`
		Pod *corev1.Pod `json:"pod"`
	}{metav1.NewTime(now), pod})
	if err != nil {
		return fmt.Errorf("write the Pod down: %w", err)
	}
	folder := filepath.Join(artifacts, "pods")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, name+".yaml"), text, 0o644)
}
