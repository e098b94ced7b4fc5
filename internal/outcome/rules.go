package outcome

import (
	"fmt"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
)

// rules are the table of outcomes; their order is the contract. A recorded violation comes first, because what follows a
// verdict depends on it: hostile code must not reach weaker isolation by also exceeding a limit or by being on a
// node that fails. After it comes what the cluster knows (the Pod's end was not the strategy's doing), then what
// kernel and kubelet say about limits, then what the runner says. Completed is last, so that every
// other evidence outranks it. Anything that ended and fits nothing is RunnerFailed.
var rules = []Rule{
	{
		Verdict:  v1alpha1.VerdictSecurityViolation,
		Evidence: "the runner recorded at least one denied system call, whatever else happened",
		Advice:   "see status.violations; such a run is never scored and never falls back",
		Blame:    BlameStrategy,
		Holds: func(f Facts) bool {
			return f.Record != nil && (f.Record.ViolationCount > 0 || f.Record.Verdict == v1alpha1.VerdictSecurityViolation)
		},
		Explain: explainViolation,
	},
	{
		Verdict:  v1alpha1.VerdictPodLost,
		Evidence: "the Pod is gone or was deleted, and the run was unfinished",
		Advice:   "create the run again if nobody meant to delete its Pod",
		Blame:    BlameInfrastructure,
		Holds:    podLost,
		Explain:  explainPodLost,
	},
	{
		Verdict:  v1alpha1.VerdictNodeDisrupted,
		Evidence: "the node was lost or drained, or preempted, evicted or refused the running Pod for its own need, or has said nothing since the Pod must have ended",
		Advice:   "create the run again; nothing is known against the strategy",
		Blame:    BlameInfrastructure,
		Holds:    nodeDisrupted,
		Explain:  explainNodeDisrupted,
	},
	{
		Verdict:  v1alpha1.VerdictDiskLimitExceeded,
		Evidence: "the kubelet evicted the Pod with the message that the Pod itself exceeded its ephemeral storage",
		Advice:   "write less, or raise spec.limits.ephemeralStorage",
		Blame:    BlameStrategy,
		Holds:    func(f Facts) bool { return f.phaseOver() && f.evictedForOwnDisk() },
		Explain: func(f Facts) string {
			return fmt.Sprintf("the Pod used more local disk than its limit of %s: %s", unknown(f.Limits.EphemeralStorage), sentence(f.Message))
		},
	},
	{
		Verdict:  v1alpha1.VerdictImagePullFailed,
		Evidence: "the container waits with ImagePullBackOff, InvalidImageName, ErrImageNeverPull or ImageInspectError, or still with ErrImagePull at the start deadline",
		Advice:   "check images.runner in the operator's configuration and that nodes can pull it",
		Blame:    BlameInfrastructure,
		Holds: func(f Facts) bool {
			// A first failed pull is tried again; how soon is the kubelet's choice.
			return f.waitsFor("ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError") ||
				(f.waitsFor("ErrImagePull") && f.startOverdue())
		},
		Explain: func(f Facts) string { return "the runner image cannot be used: " + f.waitingSentence() },
	},
	{
		Verdict:  v1alpha1.VerdictSeccompProfileMissing,
		Evidence: "the container cannot be created and the reason names its seccomp profile",
		Advice:   "check that the profile installer runs on that node",
		Blame:    BlameInfrastructure,
		Holds:    func(f Facts) bool { return f.cannotStart() && f.namesSeccomp() },
		Explain: func(f Facts) string {
			return fmt.Sprintf("node %s cannot load the seccomp profile: %s", unknown(f.Node), f.startErrorSentence())
		},
	},
	{
		Verdict:  v1alpha1.VerdictPodRejected,
		Evidence: "admission, quota, a LimitRange, Pod security or a webhook refused the Pod, the kubelet did not admit it, or the container's configuration is impossible",
		Advice:   "change the run's limits, the namespace's policy or the operator's configuration",
		Blame:    BlameInfrastructure,
		Holds:    func(f Facts) bool { return f.cannotStart() || f.notAdmitted() },
		Explain:  explainRejected,
	},
	{
		Verdict:  v1alpha1.VerdictStartDeadlineExceeded,
		Evidence: "the container did not run within spec.limits.startDeadlineSeconds of the Pod's creation",
		Advice:   "add capacity, lower the run's limits, or raise spec.limits.startDeadlineSeconds",
		Blame:    BlameInfrastructure,
		Holds:    func(f Facts) bool { return !f.Gone && !f.Started && !f.phaseOver() && f.startOverdue() },
		Explain:  explainNotStarted,
	},
	{
		Verdict:  v1alpha1.VerdictSandboxUnsupported,
		Evidence: "the runner could not load its filter or saw a self-test fail; the strategy was never handed over",
		Advice:   "the node needs Linux 5.9 or later and a runtime that passes seccomp through",
		Blame:    BlameInfrastructure,
		Holds:    said(v1alpha1.VerdictSandboxUnsupported),
		Explain:  saying("the sandbox could not be sealed"),
	},
	{
		Verdict:  v1alpha1.VerdictASTRejected,
		Evidence: "the gate refused the code before it ran",
		Advice:   "see status.gate for the rule and the line",
		Blame:    BlameStrategy,
		Holds:    said(v1alpha1.VerdictASTRejected),
		Explain:  explainGate,
	},
	{
		Verdict:  v1alpha1.VerdictOOMKilled,
		Evidence: "the kubelet reports OOMKilled, or the runner saw the memory cgroup kill a process, whatever the exit code",
		Advice:   "use less memory, or raise spec.limits.memory",
		Blame:    BlameStrategy,
		Holds: func(f Facts) bool {
			return (f.Terminated != nil && f.Terminated.Reason == "OOMKilled") ||
				(f.Record != nil && (f.Record.OOM || f.Record.Verdict == v1alpha1.VerdictOOMKilled))
		},
		Explain: explainOOM,
	},
	{
		Verdict:  v1alpha1.VerdictDeadlineExceeded,
		Evidence: "the runner's timer ended the strategy, or the kubelet ended the Pod with DeadlineExceeded",
		Advice:   "make the strategy faster, or raise spec.limits.deadlineSeconds",
		Blame:    BlameStrategy,
		Holds: func(f Facts) bool {
			return (f.phaseOver() && f.Reason == "DeadlineExceeded") || said(v1alpha1.VerdictDeadlineExceeded)(f)
		},
		Explain: explainDeadline,
	},
	{
		Verdict:  v1alpha1.VerdictCPUTimeExceeded,
		Evidence: "the runner saw the strategy's process reach its limit of CPU time",
		Advice:   "make the strategy cheaper, or raise spec.limits.cpuTimeSeconds",
		Blame:    BlameStrategy,
		Holds:    said(v1alpha1.VerdictCPUTimeExceeded),
		Explain:  explainCPU,
	},
	{
		Verdict:  v1alpha1.VerdictStrategyError,
		Evidence: "the strategy raised an exception or crashed",
		Blame:    BlameStrategy,
		Holds:    said(v1alpha1.VerdictStrategyError),
		Explain:  saying("the strategy failed"),
	},
	{
		Verdict:  v1alpha1.VerdictResultInvalid,
		Evidence: "the strategy returned no position table, or one that is too large or malformed",
		Blame:    BlameStrategy,
		Holds:    said(v1alpha1.VerdictResultInvalid),
		Explain:  saying("the strategy's result cannot be scored"),
	},
	{
		Verdict:  v1alpha1.VerdictRunnerFailed,
		Evidence: "the container ended without a verdict record that can be trusted, or one that contradicts its exit code; or the runner could not do its work, or somebody beyond the sandbox ended the strategy's process",
		Advice:   "look at the node's log and the Pod's; if it happens again, report it",
		Blame:    BlameInfrastructure,
		Holds:    runnerFailed,
		Explain:  explainRunnerFailed,
	},
	{
		Verdict:  v1alpha1.VerdictCompleted,
		Evidence: "exit code 0 and a valid record that says Completed",
		Blame:    BlameNobody,
		Holds:    completed,
		Explain:  explainCompleted,
	},
}

// said holds when the runner gave this verdict.
func said(verdict v1alpha1.Verdict) func(Facts) bool {
	return func(f Facts) bool { return f.Record != nil && f.Record.Verdict == verdict }
}

// saying passes the runner's own sentence on, or says what happened in general if it gave none.
func saying(general string) func(Facts) string {
	return func(f Facts) string {
		if f.Record.Message == "" {
			return general
		}
		return sentence(contract.Clean(f.Record.Message))
	}
}
