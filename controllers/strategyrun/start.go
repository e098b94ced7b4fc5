package strategyrun

import (
	"context"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/fallback"
	"github.com/stratbox/stratbox/internal/outcome"
	"github.com/stratbox/stratbox/internal/podspec"
)

// start creates the Pod of the next attempt, or records the attempt for the executor.
func (r *Reconciler) start(ctx context.Context, s *scope) (bool, error) {
	if s.step == fallback.ASTOnly {
		return r.startASTOnly(s)
	}
	r.errands.forget(s.run.UID)
	current, err := r.isCurrent(ctx, s.run)
	if err != nil {
		return false, err
	}
	if !current {
		s.run.Status = s.original.Status
		return true, nil
	}
	index := s.nextIndex()
	pod, err := podspec.Build(s.run, index, s.settings, s.now)
	if err != nil {
		return false, fmt.Errorf("build Pod: %w", err)
	}
	err = r.Client.Create(ctx, pod)
	switch {
	case err == nil:
	case apierrors.IsAlreadyExists(err):
		if pod, err = r.claim(ctx, s, index); err != nil || pod == nil {
			return true, err
		}
	case isRefusal(err) && !r.mayPass(err, s):
		r.settle(s, recordRefused(s.run, index, s.now), outcome.Refused(err.Error()))
		return true, nil
	default:
		return false, fmt.Errorf("create Pod %s: %w", pod.Name, err)
	}
	s.pod = pod
	recordStart(s.run, index, pod, s.now)
	underway(s.run, v1alpha1.ReasonRunning, "", s.now)
	s.wakeAt(pod.CreationTimestamp.Add(time.Duration(s.settings.Config.LimitsFor(s.run.Spec.Limits).StartDeadlineSeconds) * time.Second))
	return true, nil
}

// isCurrent reports whether the API server has the run exactly as it was decided on. If not, there is an event
// under way that brings the run back.
func (r *Reconciler) isCurrent(ctx context.Context, run *v1alpha1.StrategyRun) (bool, error) {
	live := &v1alpha1.StrategyRun{}
	err := r.APIReader.Get(ctx, client.ObjectKeyFromObject(run), live)
	if apierrors.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read run before its start: %w", err)
	}
	return live.UID == run.UID && live.ResourceVersion == run.ResourceVersion, nil
}

// claim decides what to do about a Pod that has the attempt's name already. It returns the Pod if it is this attempt's.
func (r *Reconciler) claim(ctx context.Context, s *scope, index int32) (*corev1.Pod, error) {
	pod := &corev1.Pod{}
	key := s.podKey(index)
	err := r.APIReader.Get(ctx, key, pod)
	switch {
	case apierrors.IsNotFound(err):
		// It vanished in between: try again.
		s.requeueAfter = time.Millisecond
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read Pod %s: %w", key.Name, err)
	case controlledBy(pod, s.run.UID):
		return pod, nil
	case ofRunNamed(pod, s.run.Name):
		// A run of the same name was deleted just now and its Pod is not gone yet. The Pod's end brings this run back.
		queued(s.run, fmt.Sprintf("waits until Pod %s of an earlier run of this name is gone", pod.Name), s.now)
		if pod.DeletionTimestamp != nil {
			return nil, nil
		}
		return nil, r.deletePod(ctx, pod)
	default:
		s.refuse(refusal{
			reason:  v1alpha1.ReasonNameTaken,
			message: fmt.Sprintf("there is a Pod %s that is not this run's; give the run another name", pod.Name),
		})
		return nil, nil
	}
}

// isRefusal reports whether the API server will refuse this Pod again however often it is asked: admission, quota,
// Pod security, webhooks. Anything else, a time-out or a webhook that cannot be reached, may pass and is retried.
func isRefusal(err error) bool {
	return apierrors.IsForbidden(err) || apierrors.IsInvalid(err) || apierrors.IsBadRequest(err) ||
		apierrors.IsNotAcceptable(err) || apierrors.IsRequestEntityTooLargeError(err) || apierrors.IsMethodNotSupported(err)
}

// mayPass reports whether a refusal is that of a namespace so young that it has no service account yet. It is retried
// for as long as a Pod may take to start.
func (r *Reconciler) mayPass(err error, s *scope) bool {
	patience := time.Duration(s.settings.Config.LimitsFor(s.run.Spec.Limits).StartDeadlineSeconds) * time.Second
	return strings.Contains(err.Error(), "error looking up service account") &&
		s.now.Before(s.run.CreationTimestamp.Add(patience))
}
