package strategyrun

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// CachedObjects says what the manager keeps in memory: the Pods of runs and the runs, without what nobody reads.
func CachedObjects() map[client.Object]cache.ByObject {
	return map[client.Object]cache.ByObject{
		&corev1.Pod{}: {
			Label:     labels.SelectorFromSet(labels.Set{v1alpha1.LabelManagedBy: v1alpha1.ManagedByValue}),
			Transform: trimPod,
		},
		&v1alpha1.StrategyRun{}: {Transform: trimRun},
	}
}

// trimPod keeps what identifies a Pod and what outcome reads: its deadline, the limits and the profile of its container, and
// the volumes and the image that its start may wait for. The strategy's code, up to 128 KiB, is the most of what goes.
func trimPod(object any) (any, error) {
	pod, isPod := object.(*corev1.Pod)
	if !isPod {
		return object, nil
	}
	pod.ManagedFields = nil
	delete(pod.Annotations, v1alpha1.AnnotationSource)
	spec := corev1.PodSpec{NodeName: pod.Spec.NodeName, ActiveDeadlineSeconds: pod.Spec.ActiveDeadlineSeconds, Volumes: pod.Spec.Volumes}
	for _, container := range pod.Spec.Containers {
		spec.Containers = append(spec.Containers, corev1.Container{
			Name: container.Name, Image: container.Image, Resources: container.Resources, SecurityContext: container.SecurityContext,
		})
	}
	pod.Spec = spec
	return pod, nil
}

// trimRun drops the code of a run that has ended: it is read for the last time when a Pod is created.
func trimRun(object any) (any, error) {
	run, isRun := object.(*v1alpha1.StrategyRun)
	if !isRun {
		return object, nil
	}
	run.ManagedFields = nil
	if finished(run) {
		run.Spec.Source = v1alpha1.StrategySource{}
	}
	return run, nil
}
