package outcome

import (
	"slices"
	"strings"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// podLost: no Pod, or one that somebody deleted before its runner had finished. A deleted Pod is waited for until its
// container has ended, because its record may still tell of a violation; not for ever, since its node may be gone.
func podLost(f Facts) bool {
	if f.Gone {
		return true
	}
	if !f.Deleting || f.finished() || f.Disruption != nil || f.disruptedByReason() || f.evictedForOwnDisk() || f.Reason == "DeadlineExceeded" {
		return false
	}
	return f.over() || !f.Now.Before(f.DeletedBy.Add(silencePatience))
}

// nodeDisrupted: the cluster took the Pod away. While its container may still be running the record is waited for,
// except where the node cannot answer any more.
func nodeDisrupted(f Facts) bool {
	switch {
	case f.Gone || f.finished() || f.evictedForOwnDisk():
		return false
	case f.Disruption != nil && (f.Disruption.Reason == "DeletionByTaintManager" || f.Disruption.Reason == "DeletionByPodGC"):
		return true
	case f.Disruption != nil && (f.over() || (f.Deleting && !f.Now.Before(f.DeletedBy.Add(silencePatience)))):
		return true
	case f.disruptedByReason():
		return true
	default:
		return f.silent()
	}
}

// disruptedByReason covers what has a reason but no condition: a node that is lost or shuts down, or was short of
// something and ended the Pod for it. A Pod whose container ended by itself has no reason.
func (f Facts) disruptedByReason() bool {
	switch f.Reason {
	case "NodeLost", "NodeShutdown", "Shutdown", "Terminated", "Preempting":
		return true
	case "Evicted":
		return f.phaseOver() && !f.evictedForOwnDisk()
	case "", "DeadlineExceeded":
		return false
	default:
		// As with OutOfmemory: a kubelet that starts again admits the Pods that run once more, and may refuse one.
		return f.phaseOver() && f.Started
	}
}

// silent reports that the kubelet's own deadline passed long ago and nothing was heard of the container's end.
func (f Facts) silent() bool {
	return f.Started && f.Terminated == nil && !f.phaseOver() && !f.Overdue.IsZero() && !f.Now.Before(f.Overdue)
}

// ownDiskMessages are how the kubelet words the eviction of a Pod that exceeded its own limit. An eviction because
// the node was short of disk reads differently and is not the strategy's fault.
var ownDiskMessages = []string{
	"Pod ephemeral local storage usage exceeds",
	"exceeded its local ephemeral storage limit",
	"Usage of EmptyDir volume",
}

func (f Facts) evictedForOwnDisk() bool {
	return f.Reason == "Evicted" && slices.ContainsFunc(ownDiskMessages, func(message string) bool {
		return strings.Contains(f.Message, message)
	})
}

func (f Facts) waitsFor(reasons ...string) bool {
	return f.Waiting != nil && !f.Started && slices.Contains(reasons, f.Waiting.Reason)
}

// startOverdue reports whether the container ought to run by now.
func (f Facts) startOverdue() bool { return !f.Now.Before(f.StartDeadline) }

// transientStartErrors are messages of a runtime that is busy, not of a container that is impossible: the kubelet
// tries again, and the start deadline bounds it.
var transientStartErrors = []string{"context deadline exceeded", "DeadlineExceeded", "is reserved for", "connection refused"}

// cannotStart: the runtime said that this container cannot be created or started as it is specified.
func (f Facts) cannotStart() bool {
	if f.Terminated != nil {
		return !f.finished() && (f.Terminated.Reason == "StartError" || f.Terminated.Reason == "ContainerCannotRun")
	}
	if !f.waitsFor("CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PreCreateHookError", "PreStartHookError") {
		return false
	}
	return !slices.ContainsFunc(transientStartErrors, func(text string) bool {
		return strings.Contains(f.Waiting.Message, text)
	})
}

func (f Facts) namesSeccomp() bool {
	return strings.Contains(strings.ToLower(f.startError()), "seccomp")
}

// startError is what the runtime said about a container that cannot be started.
func (f Facts) startError() string {
	switch {
	case f.Terminated != nil:
		return f.Terminated.Message
	case f.Waiting != nil:
		return f.Waiting.Message
	default:
		return ""
	}
}

// notAdmitted: the kubelet refused the Pod before there was a container, as with OutOfcpu or UnexpectedAdmissionError.
func (f Facts) notAdmitted() bool {
	return f.phaseOver() && !f.Started && f.Reason != "" && f.Reason != "DeadlineExceeded"
}

// runnerFailed: it is over, and neither a verdict of the runner nor other evidence explains it.
func runnerFailed(f Facts) bool {
	switch {
	case f.Gone || completed(f):
		return false
	case f.finished():
		// Completed with an exit code that says otherwise, or a verdict that no rule before this one covers.
		return true
	default:
		return f.over()
	}
}

// completed is the only way to a score.
func completed(f Facts) bool {
	return f.Terminated != nil && f.Terminated.ExitCode == 0 && f.Terminated.Signal == 0 && said(v1alpha1.VerdictCompleted)(f)
}
