package strategyrun

import (
	"context"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// retire removes what is left of a run that has ended or is being deleted: first its Pods, then, when its time is up,
// the run. It writes nothing to the run.
func (r *Reconciler) retire(ctx context.Context, s *scope) (bool, error) {
	deleting := s.run.DeletionTimestamp != nil
	if !deleting && !finished(s.run) {
		return false, nil
	}
	r.turns.release(s.run.UID)
	if deleting {
		s.abandon(s.attempt())
	}
	r.errands.forget(s.run.UID)
	if err := r.clearAway(ctx, s); err != nil {
		return false, err
	}
	if deleting {
		return true, nil
	}
	expiry := expiryOf(s)
	if s.now.Before(expiry) {
		s.wakeAt(expiry)
		return true, nil
	}
	// The preconditions keep a run alive whose TTL was raised, or that was replaced, since it was read.
	err := r.Client.Delete(ctx, s.run, client.Preconditions{
		UID: ptr.To(s.run.UID), ResourceVersion: ptr.To(s.run.ResourceVersion),
	})
	if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
		return false, fmt.Errorf("delete expired run: %w", err)
	}
	return true, nil
}

// clearAway deletes the Pods of a run that has ended or is being deleted. A Pod that nobody deleted yet says that a manager
// may have died between recording the verdict and telling about it, so it is told first: twice is better than never.
func (r *Reconciler) clearAway(ctx context.Context, s *scope) error {
	pods, err := r.podsOf(ctx, s.run.Namespace, s.run.Name)
	if err != nil {
		return err
	}
	if len(pods) == 0 {
		r.turns.forgetAnnounced(s.run.UID)
		return nil
	}
	if finished(s.run) && slices.ContainsFunc(pods, func(pod *corev1.Pod) bool { return controlledBy(pod, s.run.UID) }) {
		r.announce(s)
	}
	return r.deleteAll(ctx, pods)
}

func expiryOf(s *scope) time.Time {
	finish := s.run.Status.FinishTime
	if finish == nil {
		return s.now
	}
	return finish.Add(time.Duration(s.settings.Config.TTLFor(s.run.Spec.TTLSecondsAfterFinished)) * time.Second)
}

// sweep ends the attempts of a run that is gone. The garbage collector would do so too, in its own time.
func (r *Reconciler) sweep(ctx context.Context, run types.NamespacedName) error {
	if id, found := r.errands.named(run); found {
		r.errands.abandon(id, r.executor, r.Clock)
	}
	return r.deletePods(ctx, run.Namespace, run.Name)
}

// deletePods deletes every Pod of the runs of a name that is not being deleted already.
func (r *Reconciler) deletePods(ctx context.Context, namespace, run string) error {
	pods, err := r.podsOf(ctx, namespace, run)
	if err != nil {
		return err
	}
	return r.deleteAll(ctx, pods)
}

// podsOf lists the Pods of the runs of a name that are not being deleted already.
func (r *Reconciler) podsOf(ctx context.Context, namespace, run string) ([]*corev1.Pod, error) {
	list := &corev1.PodList{}
	err := r.Client.List(ctx, list, client.InNamespace(namespace), client.MatchingLabels{
		v1alpha1.LabelManagedBy: v1alpha1.ManagedByValue, v1alpha1.LabelRun: run,
	})
	if err != nil {
		return nil, fmt.Errorf("list the run's Pods: %w", err)
	}
	var pods []*corev1.Pod
	for i := range list.Items {
		if pod := &list.Items[i]; pod.DeletionTimestamp == nil && ofRunNamed(pod, run) {
			pods = append(pods, pod)
		}
	}
	return pods, nil
}

func (r *Reconciler) deleteAll(ctx context.Context, pods []*corev1.Pod) error {
	for _, pod := range pods {
		if err := r.deletePod(ctx, pod); err != nil {
			return err
		}
	}
	return nil
}

func (r *Reconciler) deletePod(ctx context.Context, pod *corev1.Pod) error {
	err := r.Client.Delete(ctx, pod, client.Preconditions{UID: ptr.To(pod.UID)})
	if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
		return fmt.Errorf("delete Pod %s: %w", pod.Name, err)
	}
	return nil
}
