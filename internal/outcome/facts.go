// Package outcome answers why an attempt ended, from the Pod as the API server shows it and from the verdict record its
// runner left. It is pure: Observe reduces a Pod to facts, Classify finds the first of a ranked list of rules
// that the facts meet. It trusts the kernel and the kubelet before the runner, the runner before nobody, and it never
// scores an attempt on anything but a complete, consistent record and exit code 0.
package outcome

import (
	"encoding/json"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
)

const (
	// lastWordPatience is how long the Pod's phase may lag behind its container. The kubelet reports a container
	// terminated about a second before the Pod's phase, and names an eviction or its own deadline only with the phase.
	lastWordPatience = 10 * time.Second

	// silencePatience is how long after a Pod must have ended its node may take to say so.
	silencePatience = 60 * time.Second
)

// Attempt names the execution a Pod belongs to. A record of any other is not this attempt's.
type Attempt struct {
	RunUID types.UID
	Index  int32
	// PodUID is the UID that was recorded when the attempt was started; empty if that is not known yet.
	PodUID types.UID
}

// Facts are what is known of an attempt at one moment.
type Facts struct {
	Now time.Time
	// Gone: there is no such Pod, or only another one of the same name.
	Gone bool
	// Deleting: somebody asked for the Pod's deletion; DeletedBy is when it must have ended.
	Deleting  bool
	DeletedBy time.Time

	Phase   corev1.PodPhase
	Reason  string
	Message string
	Node    string
	// ImageID and Profile are what the container was really started with.
	ImageID    string
	Profile    string
	Disruption *Disruption
	// Unschedulable is the scheduler's sentence, empty once the Pod has a node.
	Unschedulable string

	// Name and Namespace are the Pod's, Preparation what its node has to do before its container can run.
	Name, Namespace string
	Preparation     Preparation
	// Waiting says why the container does not run yet.
	Waiting *corev1.ContainerStateWaiting
	// WithoutPod: the executor executed the attempt, and Record is all there is to know.
	WithoutPod bool
	// Started: the container runs or has run.
	Started bool
	// Terminated is how the container ended, nil while it has not.
	Terminated *corev1.ContainerStateTerminated

	// Record is the runner's last word; nil with RecordError saying why there is none that can be trusted.
	Record      *contract.Record
	RecordError error

	Created       time.Time
	StartedAt     time.Time
	StartDeadline time.Time
	// Overdue is when the Pod must have ended by the kubelet's own deadline, with patience. Zero if it has none.
	Overdue time.Time

	Limits Limits
}

// Limits are what the attempt was started with, for messages.
type Limits struct {
	Memory           string
	EphemeralStorage string
	Deadline         time.Duration
	CPUTime          time.Duration
	Start            time.Duration
}

// Disruption is a DisruptionTarget condition: the cluster, not the Pod, is why the Pod ends.
type Disruption struct {
	Reason  string
	Message string
}

// Observe reduces a Pod to facts. A nil Pod is one that does not exist. It reads nothing of the Pod's specification
// but its deadline, its limits and what its start needs.
func Observe(pod *corev1.Pod, attempt Attempt, now time.Time) Facts {
	if pod == nil || (attempt.PodUID != "" && pod.UID != attempt.PodUID) {
		return Facts{Now: now, Gone: true, RecordError: contract.ErrNoRecord}
	}
	facts := Facts{
		Now:         now,
		Phase:       pod.Status.Phase,
		Reason:      pod.Status.Reason,
		Message:     pod.Status.Message,
		Node:        pod.Spec.NodeName,
		Created:     pod.CreationTimestamp.Time,
		StartedAt:   StartedAt(pod),
		RecordError: contract.ErrNoRecord,
		Limits:      limitsOf(pod),
		Profile:     profileOf(pod),
		Name:        pod.Name,
		Namespace:   pod.Namespace,
		Preparation: preparationOf(pod),
	}
	if pod.DeletionTimestamp != nil {
		facts.Deleting, facts.DeletedBy = true, pod.DeletionTimestamp.Time
	}
	for _, condition := range pod.Status.Conditions {
		switch {
		case condition.Type == corev1.DisruptionTarget && condition.Status == corev1.ConditionTrue:
			facts.Disruption = &Disruption{Reason: condition.Reason, Message: condition.Message}
		case condition.Type == corev1.PodScheduled && condition.Status == corev1.ConditionFalse:
			facts.Unschedulable = condition.Message
		}
	}
	facts.observeTimes(pod)
	facts.observeContainer(pod, attempt)
	return facts
}

// Executed is what is known of an attempt that the executor has finished. Whatever its record says, nothing was sealed.
func Executed(record contract.Record, limits Limits, startedAt, now time.Time) Facts {
	record.Sealed = false
	ended := &corev1.ContainerStateTerminated{Reason: "Finished"}
	if record.Verdict != v1alpha1.VerdictCompleted {
		ended.ExitCode, ended.Reason = 1, "Error"
	}
	return Facts{
		Now: now, WithoutPod: true, Started: true, Terminated: ended, Record: &record,
		Created: startedAt, StartedAt: startedAt, Limits: limits,
	}
}

func (f *Facts) observeTimes(pod *corev1.Pod) {
	f.StartDeadline = f.Created.Add(f.Limits.Start)
	if seconds := pod.Spec.ActiveDeadlineSeconds; seconds != nil && *seconds >= 0 && *seconds < 1<<31 {
		// The kubelet counts from when it first saw the Pod, which is no later than the start deadline or
		// the attempt has ended already.
		begin := f.StartDeadline
		if pod.Status.StartTime != nil {
			begin = pod.Status.StartTime.Time
		}
		f.Overdue = begin.Add(time.Duration(*seconds)*time.Second + silencePatience)
	}
}

func (f *Facts) observeContainer(pod *corev1.Pod, attempt Attempt) {
	if len(pod.Status.ContainerStatuses) == 0 {
		return
	}
	status := pod.Status.ContainerStatuses[0]
	f.ImageID = status.ImageID
	f.Waiting = status.State.Waiting
	f.Terminated = status.State.Terminated
	f.Started = status.State.Running != nil || f.Terminated != nil
	if f.Terminated == nil {
		return
	}
	record, err := contract.DecodeRecord(f.Terminated.Message, string(attempt.RunUID), attempt.Index)
	f.RecordError = err
	if err == nil {
		f.Record = &record
	}
}

// StartedAt is when the attempt of a Pod was started: what the manager wrote on the Pod, or else the Pod's creation.
func StartedAt(pod *corev1.Pod) time.Time {
	if at, err := time.Parse(time.RFC3339Nano, pod.Annotations[v1alpha1.AnnotationStartedAt]); err == nil {
		return at
	}
	return pod.CreationTimestamp.Time
}

func profileOf(pod *corev1.Pod) string {
	if len(pod.Spec.Containers) == 0 {
		return ""
	}
	security := pod.Spec.Containers[0].SecurityContext
	switch {
	case security == nil || security.SeccompProfile == nil:
		return ""
	case security.SeccompProfile.LocalhostProfile == nil:
		return string(security.SeccompProfile.Type)
	default:
		return *security.SeccompProfile.LocalhostProfile
	}
}

func limitsOf(pod *corev1.Pod) Limits {
	var limits Limits
	if len(pod.Spec.Containers) > 0 {
		resources := pod.Spec.Containers[0].Resources.Limits
		if memory, found := resources[corev1.ResourceMemory]; found {
			limits.Memory = memory.String()
		}
		if disk, found := resources[corev1.ResourceEphemeralStorage]; found {
			limits.EphemeralStorage = disk.String()
		}
	}
	var task contract.Task
	if err := json.Unmarshal([]byte(pod.Annotations[v1alpha1.AnnotationTask]), &task); err == nil {
		limits.Deadline = time.Duration(task.DeadlineMillis) * time.Millisecond
		limits.CPUTime = time.Duration(task.CPUMillis) * time.Millisecond
	}
	if seconds, err := strconv.ParseUint(pod.Annotations[v1alpha1.AnnotationStartDeadline], 10, 31); err == nil {
		limits.Start = time.Duration(seconds) * time.Second
	}
	return limits
}

// finished reports whether the runner gave a verdict.
func (f Facts) finished() bool { return f.Record != nil && f.Record.Verdict != "" }

// phaseOver reports whether the kubelet has said its last word on the Pod.
func (f Facts) phaseOver() bool {
	return f.Phase == corev1.PodFailed || f.Phase == corev1.PodSucceeded
}

// over reports whether everything that will ever be said about the container has been said: the Pod's phase is over,
// or its container is and the phase has been late for longer than any kubelet takes.
func (f Facts) over() bool {
	return f.phaseOver() || (f.Terminated != nil && !f.Now.Before(f.lastWord()))
}

func (f Facts) lastWord() time.Time {
	return f.Terminated.FinishedAt.Add(lastWordPatience)
}

// Next is the next moment at which time alone may change what Classify says; zero if there is none.
func (f Facts) Next() time.Time {
	var moments []time.Time
	if f.Deleting {
		moments = append(moments, f.DeletedBy.Add(silencePatience))
	}
	switch {
	case f.Gone || f.phaseOver():
		return time.Time{}
	case f.Terminated != nil:
		moments = append(moments, f.lastWord())
	case f.Started:
		moments = append(moments, f.Overdue)
	default:
		moments = append(moments, f.StartDeadline)
	}
	var next time.Time
	for _, moment := range moments {
		if moment.After(f.Now) && (next.IsZero() || moment.Before(next)) {
			next = moment
		}
	}
	return next
}
