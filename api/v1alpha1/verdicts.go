package v1alpha1

// Verdict is the reason a run ended with. The list is closed: every end of every run is one of
// these, and it is the reason of the conditions Finished and Succeeded.
//
// +kubebuilder:validation:Enum=Completed;PodLost;NodeDisrupted;DiskLimitExceeded;ImagePullFailed;SeccompProfileMissing;PodRejected;StartDeadlineExceeded;SandboxUnsupported;ASTRejected;SecurityViolation;OOMKilled;DeadlineExceeded;CPUTimeExceeded;StrategyError;ResultInvalid;RunnerFailed;NotAccepted;Cancelled;Suspended
type Verdict string

// Verdicts in the order in which evidence for them outranks evidence for the next,
// then the ones that no evidence from a Pod decides. A violation comes first: what else happened to
// code that attacked the sandbox must not open a way to weaker isolation.
const (
	// VerdictSecurityViolation: the strategy made a system call that the sandbox denied.
	VerdictSecurityViolation Verdict = "SecurityViolation"
	// VerdictPodLost: the Pod vanished while the run was unfinished.
	VerdictPodLost Verdict = "PodLost"
	// VerdictNodeDisrupted: the node was lost, drained, or evicted or preempted the Pod.
	VerdictNodeDisrupted Verdict = "NodeDisrupted"
	// VerdictDiskLimitExceeded: the Pod was evicted for its own use of ephemeral storage.
	VerdictDiskLimitExceeded Verdict = "DiskLimitExceeded"
	// VerdictImagePullFailed: the image could not be pulled or its name is invalid.
	VerdictImagePullFailed Verdict = "ImagePullFailed"
	// VerdictSeccompProfileMissing: the node has no seccomp profile of the required name.
	VerdictSeccompProfileMissing Verdict = "SeccompProfileMissing"
	// VerdictPodRejected: admission, quota or the container's configuration refused the Pod.
	VerdictPodRejected Verdict = "PodRejected"
	// VerdictStartDeadlineExceeded: the Pod did not run within spec.limits.startDeadlineSeconds.
	VerdictStartDeadlineExceeded Verdict = "StartDeadlineExceeded"
	// VerdictSandboxUnsupported: the seal or its self-test failed; the strategy never got to run.
	VerdictSandboxUnsupported Verdict = "SandboxUnsupported"
	// VerdictASTRejected: the gate refused the code before it ran.
	VerdictASTRejected Verdict = "ASTRejected"
	// VerdictOOMKilled: the strategy used more memory than spec.limits.memory.
	VerdictOOMKilled Verdict = "OOMKilled"
	// VerdictDeadlineExceeded: the strategy ran longer than spec.limits.deadlineSeconds.
	VerdictDeadlineExceeded Verdict = "DeadlineExceeded"
	// VerdictCPUTimeExceeded: the strategy used more CPU time than spec.limits.cpuTimeSeconds.
	VerdictCPUTimeExceeded Verdict = "CPUTimeExceeded"
	// VerdictStrategyError: the strategy raised an exception or crashed.
	VerdictStrategyError Verdict = "StrategyError"
	// VerdictResultInvalid: the strategy's position table is missing, too large or malformed.
	VerdictResultInvalid Verdict = "ResultInvalid"
	// VerdictRunnerFailed: the runner could not do its work or died without a verdict.
	VerdictRunnerFailed Verdict = "RunnerFailed"
	// VerdictCompleted: the strategy ran and was scored.
	VerdictCompleted Verdict = "Completed"

	// VerdictNotAccepted: the run was never started; condition Accepted says why.
	VerdictNotAccepted Verdict = "NotAccepted"
	// VerdictCancelled: spec.cancel ended the run.
	VerdictCancelled Verdict = "Cancelled"
	// VerdictSuspended ends an attempt, never a run: spec.suspend stopped it, a later attempt may follow.
	VerdictSuspended Verdict = "Suspended"
)
