package testutil

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// PodStatusBuilder builds what a kubelet reports of a run's Pod.
type PodStatusBuilder struct {
	status corev1.PodStatus
	now    metav1.Time
}

// MakePodStatus starts with a Pod that the kubelet has seen and whose container is being created.
func MakePodStatus(now time.Time) *PodStatusBuilder {
	b := &PodStatusBuilder{now: metav1.NewTime(now.Truncate(time.Second))}
	b.status = corev1.PodStatus{Phase: corev1.PodPending, StartTime: &b.now}
	return b.Waiting("ContainerCreating", "")
}

// Unscheduled is a Pod that no node takes.
func (b *PodStatusBuilder) Unscheduled(message string) *PodStatusBuilder {
	b.status = corev1.PodStatus{Phase: corev1.PodPending, Conditions: []corev1.PodCondition{{
		Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: corev1.PodReasonUnschedulable, Message: message,
		LastTransitionTime: b.now,
	}}}
	return b
}

// Waiting is a container that does not run yet.
func (b *PodStatusBuilder) Waiting(reason, message string) *PodStatusBuilder {
	return b.container(corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}})
}

// Running is a container that runs.
func (b *PodStatusBuilder) Running() *PodStatusBuilder {
	b.status.Phase = corev1.PodRunning
	return b.container(corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: b.now}})
}

// Terminated is a container that ended; the Pod's phase lags behind.
func (b *PodStatusBuilder) Terminated(exitCode int32, reason, message string) *PodStatusBuilder {
	b.status.Phase = corev1.PodRunning
	return b.container(corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
		ExitCode: exitCode, Reason: reason, Message: message, StartedAt: b.now, FinishedAt: b.now,
	}})
}

// Phase is the kubelet's last word on the Pod.
func (b *PodStatusBuilder) Phase(phase corev1.PodPhase, reason, message string) *PodStatusBuilder {
	b.status.Phase, b.status.Reason, b.status.Message = phase, reason, message
	return b
}

// Disrupted adds a DisruptionTarget condition.
func (b *PodStatusBuilder) Disrupted(reason, message string) *PodStatusBuilder {
	b.status.Conditions = append(b.status.Conditions, corev1.PodCondition{
		Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue, Reason: reason, Message: message, LastTransitionTime: b.now,
	})
	return b
}

// NoContainer is a Pod whose container was never reported, or was forgotten.
func (b *PodStatusBuilder) NoContainer() *PodStatusBuilder {
	b.status.ContainerStatuses = nil
	return b
}

func (b *PodStatusBuilder) container(state corev1.ContainerState) *PodStatusBuilder {
	started := state.Running != nil
	b.status.ContainerStatuses = []corev1.ContainerStatus{{
		Name: "strategy", Image: "stratbox.dev/runner:dev", State: state, Started: &started,
		ImageID: "stratbox.dev/runner@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
	}}
	return b
}

// Obj returns the status.
func (b *PodStatusBuilder) Obj() corev1.PodStatus { return *b.status.DeepCopy() }
