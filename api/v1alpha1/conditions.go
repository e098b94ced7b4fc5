package v1alpha1

// ConditionAccepted says whether the run can be executed as written.
const (
	ConditionAccepted = "Accepted"

	// ReasonAccepted: everything the run refers to exists.
	ReasonAccepted = "Accepted"
	// ReasonSourceNotFound: the ConfigMap or its key does not exist.
	ReasonSourceNotFound = "SourceNotFound"
	// ReasonSourceTooLarge: the ConfigMap key holds more than 128 KiB.
	ReasonSourceTooLarge = "SourceTooLarge"
	// ReasonDatasetNotFound: the operator's configuration names no such dataset.
	ReasonDatasetNotFound = "DatasetNotFound"
	// ReasonModeNotAvailable: the requested mode cannot be executed by this installation.
	ReasonModeNotAvailable = "ModeNotAvailable"
	// ReasonNameTaken: the name of the run's Pod belongs to somebody else's Pod.
	ReasonNameTaken = "NameTaken"
)

// ConditionFinished is the one thing to wait for: True when the run has ended, well or not.
// When True its reason is the verdict.
const (
	ConditionFinished = "Finished"

	// ReasonQueued: the run waits for its turn.
	ReasonQueued = "Queued"
	// ReasonRunning: an attempt is under way.
	ReasonRunning = "Running"
	// ReasonSuspended: spec.suspend is true.
	ReasonSuspended = "Suspended"
)

// ConditionSucceeded is True when the run was scored. Its reason is the verdict.
const ConditionSucceeded = "Succeeded"

// ConditionSandboxed is True when the attempt that counts was executed in the sandbox. After a fallback it is False, and
// its reason is the verdict that the sandboxed attempt ended with.
const (
	ConditionSandboxed = "Sandboxed"

	// ReasonSandboxed: both walls were in place and proved before the strategy was handed over.
	ReasonSandboxed = "Sandboxed"
	// ReasonASTOnly: the run was executed behind the gate alone because spec.mode or the operator's configuration says so.
	ReasonASTOnly = "ASTOnly"
	// ReasonNotStarted: no attempt got as far as the seal.
	ReasonNotStarted = "NotStarted"
)

// ConditionSecurityViolation is True when a denied system call was recorded in any attempt.
const (
	ConditionSecurityViolation = "SecurityViolation"

	// ReasonSyscallDenied: at least one system call was denied and recorded.
	ReasonSyscallDenied = "SyscallDenied"
	// ReasonNoViolation: nothing was recorded, and the attempt was watched to its end or never ran any code.
	ReasonNoViolation = "NoViolation"
	// ReasonNotObserved: nobody watched the attempt to its end, as with a lost Pod, or at all, as behind the gate alone.
	ReasonNotObserved = "NotObserved"
)

// ConditionResourceLimitExceeded is True when any attempt ended at one of spec.limits.
// Its reason is the verdict of that attempt.
const (
	ConditionResourceLimitExceeded = "ResourceLimitExceeded"

	// ReasonWithinLimits: no attempt ended at a limit.
	ReasonWithinLimits = "WithinLimits"
)
