package strategyrun

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/astexecutor"
	"github.com/stratbox/stratbox/internal/config"
	"github.com/stratbox/stratbox/internal/fallback"
	"github.com/stratbox/stratbox/internal/podspec"
)

// scope is what one reconcile knows.
type scope struct {
	// run is changed by the phases; original is as it was read, for the patch.
	run      *v1alpha1.StrategyRun
	original *v1alpha1.StrategyRun
	settings podspec.Settings
	now      time.Time

	// pod is the Pod of the attempt under way, nil if there is none. Filled by locate and start.
	pod *corev1.Pod
	// verdict is what the run ended with in this reconcile, empty if it did not. Filled by conclude.
	verdict v1alpha1.Verdict
	// step is how the next attempt is to be executed. Filled by plan.
	step fallback.Step
	// again is what follows an attempt that has ended in this reconcile. Filled by settle.
	again *again
	// abandoned is the AST-only attempt that nobody waits for any more once the status is written.
	abandoned *astexecutor.ID
	// stopPods is true when the run's Pods are to be deleted once the status is written.
	stopPods bool
	// requeueAfter is how long until time alone changes something; zero if only events can.
	requeueAfter time.Duration
}

func newScope(run *v1alpha1.StrategyRun, settings podspec.Settings, now time.Time) *scope {
	return &scope{run: run, original: run.DeepCopy(), settings: settings, now: now}
}

// wakeAt asks for another reconcile at a moment; zero asks for none.
func (s *scope) wakeAt(moment time.Time) {
	if moment.IsZero() {
		return
	}
	// Never 0, which would mean never.
	s.requeueAfter = max(moment.Sub(s.now), time.Millisecond)
}

// abandon has the executor end an AST-only attempt once the status is written.
func (s *scope) abandon(attempt *v1alpha1.Attempt) {
	if attempt != nil && attempt.Mode == v1alpha1.ModeASTOnly {
		s.abandoned = &astexecutor.ID{RunUID: string(s.run.UID), Attempt: indexOf(*attempt)}
	}
}

// limits are what the run may use.
func (s *scope) limits() config.Limits { return s.settings.Config.LimitsFor(s.run.Spec.Limits) }

// attempt returns the attempt under way, nil if there is none.
func (s *scope) attempt() *v1alpha1.Attempt {
	return openAttempt(s.run)
}

func openAttempt(run *v1alpha1.StrategyRun) *v1alpha1.Attempt {
	if len(run.Status.Attempts) == 0 {
		return nil
	}
	last := &run.Status.Attempts[len(run.Status.Attempts)-1]
	if last.Verdict != "" {
		return nil
	}
	return last
}

// nextIndex is the number of the attempt that would be started next.
func (s *scope) nextIndex() int32 {
	if len(s.run.Status.Attempts) == 0 {
		return 0
	}
	return indexOf(s.run.Status.Attempts[len(s.run.Status.Attempts)-1]) + 1
}

func indexOf(attempt v1alpha1.Attempt) int32 {
	if attempt.Index == nil {
		return 0
	}
	return *attempt.Index
}

// podKey is where the Pod of an attempt of the run is.
func (s *scope) podKey(index int32) client.ObjectKey {
	return client.ObjectKey{Namespace: s.run.Namespace, Name: podspec.Name(s.run.Name, index)}
}

// controlledBy reports whether a run controls a Pod.
func controlledBy(pod *corev1.Pod, run types.UID) bool {
	owner := metav1.GetControllerOfNoCopy(pod)
	return owner != nil && owner.UID == run
}

// ofRunNamed reports whether a StrategyRun of this name, perhaps one that exists no more, controls a Pod.
func ofRunNamed(pod *corev1.Pod, name string) bool {
	owner := metav1.GetControllerOfNoCopy(pod)
	return owner != nil && owner.Kind == "StrategyRun" && owner.Name == name &&
		owner.APIVersion == v1alpha1.GroupVersion.String() && pod.Labels[v1alpha1.LabelManagedBy] == v1alpha1.ManagedByValue
}
