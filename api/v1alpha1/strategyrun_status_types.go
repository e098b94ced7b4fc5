package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// StrategyRunStatus is what happened.
//
// +kubebuilder:validation:MinProperties=1
type StrategyRunStatus struct {
	// conditions are Accepted, Finished (the one to wait for), Succeeded, Sandboxed, SecurityViolation, ResourceLimitExceeded.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=16
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// executedMode is the mode of the attempt that counts.
	// +optional
	ExecutedMode Mode `json:"executedMode,omitempty"`

	// startTime is when the first attempt was started.
	// +optional
	StartTime *metav1.Time `json:"startTime,omitempty"`

	// finishTime is when the verdict was recorded. ttlSecondsAfterFinished counts from here.
	// +optional
	FinishTime *metav1.Time `json:"finishTime,omitempty"`

	// attempts are the executions so far, oldest first. At most 8 are kept.
	// +optional
	// +listType=map
	// +listMapKey=index
	// +kubebuilder:validation:MaxItems=8
	Attempts []Attempt `json:"attempts,omitempty"`

	// result is what was measured. Its metrics are there only when the verdict is Completed.
	// +optional
	Result *Result `json:"result,omitempty"`

	// gate is what the gate found when it refused the code, or would have with gate.mode Report.
	// +optional
	Gate *GateFinding `json:"gate,omitempty"`

	// violations are the denied system calls by name, in order of first occurrence. At most 16 are kept.
	// +optional
	// +listType=map
	// +listMapKey=syscall
	// +kubebuilder:validation:MaxItems=16
	Violations []Violation `json:"violations,omitempty"`

	// violationCount is the number of all denied calls.
	// +optional
	// +kubebuilder:validation:Minimum=0
	ViolationCount *int64 `json:"violationCount,omitempty"`

	// violationsDropped is the number of denied calls whose names did not fit in violations.
	// +optional
	// +kubebuilder:validation:Minimum=0
	ViolationsDropped *int64 `json:"violationsDropped,omitempty"`

	// environment says what exactly the attempt that counts was executed with.
	// +optional
	Environment *Environment `json:"environment,omitempty"`
}

// Attempt is one execution of the run.
type Attempt struct {
	// index numbers the attempts of a run from 0.
	// +required
	// +kubebuilder:validation:Minimum=0
	Index *int32 `json:"index,omitempty"`

	// mode is how this attempt was executed.
	// +required
	Mode Mode `json:"mode,omitempty"`

	// pod is the name of the attempt's Pod.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Pod string `json:"pod,omitempty"`

	// podUID is the UID of the attempt's Pod.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	PodUID string `json:"podUID,omitempty"`

	// executor identifies the process that an AST-only attempt was given to. What that process has lost is never
	// executed again under the same index.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	Executor string `json:"executor,omitempty"`

	// node is where the attempt ran.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Node string `json:"node,omitempty"`

	// startTime is when the attempt was started.
	// +optional
	StartTime *metav1.Time `json:"startTime,omitempty"`

	// finishTime is when its verdict was recorded.
	// +optional
	FinishTime *metav1.Time `json:"finishTime,omitempty"`

	// verdict is why the attempt ended; empty while it is under way.
	// +optional
	Verdict Verdict `json:"verdict,omitempty"`

	// message is the verdict in a sentence.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	Message string `json:"message,omitempty"`
}

// Result is what was measured.
type Result struct {
	// metrics computed by the runner from the strategy's positions and the dataset's prices, as decimal strings:
	// daily_sharpe, total_return, annual_return, max_drawdown, calmar, win_rate, turnover, trades.
	// A metric that is undefined is left out.
	// +optional
	// +kubebuilder:validation:MaxProperties=16
	Metrics map[string]string `json:"metrics,omitempty"`

	// timings say how long each phase took.
	// +optional
	Timings *Timings `json:"timings,omitempty"`

	// cpuMillis is the CPU time of the strategy's process, in milliseconds.
	// +optional
	// +kubebuilder:validation:Minimum=0
	CPUMillis *int64 `json:"cpuMillis,omitempty"`

	// peakMemoryBytes is the largest resident set of the strategy's process, in bytes, mapped dataset pages included.
	// +optional
	// +kubebuilder:validation:Minimum=0
	PeakMemoryBytes *int64 `json:"peakMemoryBytes,omitempty"`
}

// Timings are wall-clock times in milliseconds.
type Timings struct {
	// queuedMillis is the time from the run's creation (known to the second) until its attempt was started.
	// +optional
	// +kubebuilder:validation:Minimum=0
	QueuedMillis *int64 `json:"queuedMillis,omitempty"`
	// startedMillis is the time from the start of the attempt until the runner's first instruction.
	// +optional
	// +kubebuilder:validation:Minimum=0
	StartedMillis *int64 `json:"startedMillis,omitempty"`
	// importsMillis is the time of starting Python and importing numpy, pandas and the harness.
	// +optional
	// +kubebuilder:validation:Minimum=0
	ImportsMillis *int64 `json:"importsMillis,omitempty"`
	// dataMillis is the time of mapping the dataset.
	// +optional
	// +kubebuilder:validation:Minimum=0
	DataMillis *int64 `json:"dataMillis,omitempty"`
	// sealMillis is the time of loading the filter and proving it.
	// +optional
	// +kubebuilder:validation:Minimum=0
	SealMillis *int64 `json:"sealMillis,omitempty"`
	// gateMillis is the time of reading and compiling the code.
	// +optional
	// +kubebuilder:validation:Minimum=0
	GateMillis *int64 `json:"gateMillis,omitempty"`
	// executionMillis is the time of the strategy's own code, until its positions arrived.
	// +optional
	// +kubebuilder:validation:Minimum=0
	ExecutionMillis *int64 `json:"executionMillis,omitempty"`
	// scoringMillis is the time of computing the metrics.
	// +optional
	// +kubebuilder:validation:Minimum=0
	ScoringMillis *int64 `json:"scoringMillis,omitempty"`
	// totalMillis is the time from the run's creation (known to the second) until its verdict was recorded.
	// +optional
	// +kubebuilder:validation:Minimum=0
	TotalMillis *int64 `json:"totalMillis,omitempty"`
}

// GateFinding is one refusal of the gate.
type GateFinding struct {
	// rule is the id of the rule.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	Rule string `json:"rule,omitempty"`
	// line is the line in the strategy, from 1; 0 if the finding is about the whole file.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Line *int32 `json:"line,omitempty"`
	// column is the column in that line, from 1; 0 if the finding is about the whole line.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Column *int32 `json:"column,omitempty"`
	// message says what is wrong and what to write instead.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Message string `json:"message,omitempty"`
	// sourceLine is the line itself, shortened.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=160
	SourceLine string `json:"sourceLine,omitempty"`
}

// Violation is one system call that was denied, with how often.
type Violation struct {
	// syscall is its name, or its architecture and number when it has none.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	Syscall string `json:"syscall,omitempty"`
	// count is how often it was denied.
	// +required
	// +kubebuilder:validation:Minimum=1
	Count *int64 `json:"count,omitempty"`
	// firstTime is when it was first denied.
	// +optional
	FirstTime *metav1.Time `json:"firstTime,omitempty"`
}

// Detection says how much of what the kernel denies is also recorded.
//
// +kubebuilder:validation:Enum=Full;Partial;None
type Detection string

const (
	// DetectionFull means that every denied call is recorded.
	DetectionFull Detection = "Full"
	// DetectionPartial means that some calls are denied by an outer filter without a record.
	DetectionPartial Detection = "Partial"
	// DetectionNone means that denied calls are not recorded.
	DetectionNone Detection = "None"
)

// Environment says what an attempt was executed with.
type Environment struct {
	// profile is the name of the seccomp profile below the kubelet's seccomp folder; it carries the profile's digest.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Profile string `json:"profile,omitempty"`
	// image is the runner image as the node resolved it.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Image string `json:"image,omitempty"`
	// dataset is the digest of the dataset the strategy read.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	Dataset string `json:"dataset,omitempty"`
	// policy is the digest of the filter that was sealed on the strategy's process.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	Policy string `json:"policy,omitempty"`
	// detection says how much of what the kernel denies is also recorded.
	// +optional
	Detection Detection `json:"detection,omitempty"`
	// cpuModel is what the processor calls itself.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	CPUModel string `json:"cpuModel,omitempty"`
	// cgroupVersion is v1 or v2.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=8
	CgroupVersion string `json:"cgroupVersion,omitempty"`
	// speculation is the mitigation state of the strategy's process against speculation attacks, as the kernel tells it.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=256
	Speculation string `json:"speculation,omitempty"`
}
