package strategyrun

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/outcome"
)

// locate finds the Pod of the attempt under way. A Pod of the next attempt that nobody recorded was created by a manager
// that died before it could: it is taken up as that attempt, whatever else the run's spec says by now.
func (r *Reconciler) locate(ctx context.Context, s *scope) (bool, error) {
	attempt := s.attempt()
	if attempt == nil {
		return false, r.takeUp(ctx, s)
	}
	if attempt.Mode == v1alpha1.ModeASTOnly {
		// It has no Pod. Those of attempts before it are left over if a manager died before it could delete them.
		return false, r.deletePods(ctx, s.run.Namespace, s.run.Name)
	}
	pod := &corev1.Pod{}
	key := s.podKey(indexOf(*attempt))
	err := r.Client.Get(ctx, key, pod)
	if err == nil && pod.UID == types.UID(attempt.PodUID) {
		s.pod = pod
		return false, nil
	}
	if err != nil && !apierrors.IsNotFound(err) {
		return false, fmt.Errorf("read Pod %s: %w", key.Name, err)
	}
	// Only the API server can say that a Pod is gone; a cache can only say that it has not seen it.
	err = r.APIReader.Get(ctx, key, pod)
	switch {
	case apierrors.IsNotFound(err), err == nil && pod.UID != types.UID(attempt.PodUID):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("read Pod %s: %w", key.Name, err)
	default:
		s.pod = pod
		return false, nil
	}
}

func (r *Reconciler) takeUp(ctx context.Context, s *scope) error {
	pod := &corev1.Pod{}
	key := s.podKey(s.nextIndex())
	err := r.Client.Get(ctx, key, pod)
	switch {
	case err != nil && !apierrors.IsNotFound(err):
		return fmt.Errorf("read Pod %s: %w", key.Name, err)
	case err != nil || !controlledBy(pod, s.run.UID):
		if len(s.run.Status.Attempts) == 0 {
			return nil
		}
		// Pods of attempts that have ended, if a manager died before it could delete them.
		return r.deletePods(ctx, s.run.Namespace, s.run.Name)
	default:
		s.pod = pod
		recordStart(s.run, s.nextIndex(), pod, s.now)
		return nil
	}
}

// observe asks why the attempt under way has ended, if it has.
func (r *Reconciler) observe(_ context.Context, s *scope) (bool, error) {
	attempt := s.attempt()
	if attempt == nil {
		return false, nil
	}
	if attempt.Mode == v1alpha1.ModeASTOnly {
		return r.follow(s, attempt), nil
	}
	facts := outcome.Observe(s.pod, outcome.Attempt{
		RunUID: s.run.UID, Index: indexOf(*attempt), PodUID: types.UID(attempt.PodUID),
	}, s.now)
	finding := outcome.Classify(facts)
	if finding.Verdict == "" {
		s.wakeAt(facts.Next())
		return false, nil
	}
	recordEvidence(s.run, attempt, facts, finding)
	r.settle(s, attempt, finding)
	return true, nil
}

// conclude ends the attempt and the run with a finding.
func (s *scope) conclude(attempt *v1alpha1.Attempt, finding outcome.Finding) {
	if attempt != nil {
		endAttempt(attempt, finding.Verdict, finding.Message, s.now)
	}
	finish(s.run, finding.Verdict, withEarlier(s.run, finding.Message), s.now)
	s.verdict, s.stopPods = finding.Verdict, true
}
