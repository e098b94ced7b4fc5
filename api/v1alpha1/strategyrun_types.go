package v1alpha1

import (
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// StrategyRun executes one untrusted trading strategy once and tells what happened and what it scored.
//
// +genclient
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:path=strategyruns,scope=Namespaced,shortName=sr,categories=stratbox
// +kubebuilder:printcolumn:name="Verdict",type=string,JSONPath=`.status.conditions[?(@.type=="Finished")].reason`,description="Why the run ended, or how far it has got"
// +kubebuilder:printcolumn:name="Mode",type=string,JSONPath=`.status.executedMode`,description="How the strategy was executed"
// +kubebuilder:printcolumn:name="Sharpe",type=string,JSONPath=`.status.result.metrics.daily_sharpe`,description="Annualised Sharpe ratio of daily returns"
// +kubebuilder:printcolumn:name="Return",type=string,JSONPath=`.status.result.metrics.total_return`,description="Total return, 0.1 is 10 %"
// +kubebuilder:printcolumn:name="Exec-ms",type=integer,JSONPath=`.status.result.timings.executionMillis`,description="Wall-clock time of the strategy's own code"
// +kubebuilder:printcolumn:name="Total-ms",type=integer,JSONPath=`.status.result.timings.totalMillis`,description="From submission to verdict"
// +kubebuilder:printcolumn:name="Strategy",type=string,priority=1,JSONPath=`.spec.strategyID`,description="The loop's own name for the strategy"
// +kubebuilder:printcolumn:name="Node",type=string,priority=1,JSONPath=`.status.attempts[-1].node`,description="Where the last attempt ran"
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Succeeded")].message`,description="The verdict in a sentence"
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:selectablefield:JSONPath=`.spec.strategyID`
// +kubebuilder:selectablefield:JSONPath=`.spec.dataset`
// +kubebuilder:selectablefield:JSONPath=`.status.executedMode`
// +kubebuilder:validation:XValidation:rule="self.metadata.name.size() <= 60",message="metadata.name must have at most 60 characters, because Pods are named after it; put a longer name in spec.strategyID"
type StrategyRun struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard object's metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`
	// spec is what to execute. Only suspend, cancel and ttlSecondsAfterFinished can change after creation.
	// +required
	Spec StrategyRunSpec `json:"spec,omitzero"`
	// status is what happened. Only the manager writes it.
	// +optional
	Status StrategyRunStatus `json:"status,omitzero"`
}

// StrategyRunList is a list of StrategyRuns.
//
// +kubebuilder:object:root=true
type StrategyRunList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []StrategyRun `json:"items"`
}

// Mode is a way to execute a strategy.
//
// +kubebuilder:validation:Enum=Auto;Sandbox;ASTOnly
type Mode string

const (
	// ModeAuto leaves the choice to sandbox.enabled in the operator's configuration.
	ModeAuto Mode = "Auto"
	// ModeSandbox executes in a Pod of its own behind both walls.
	ModeSandbox Mode = "Sandbox"
	// ModeASTOnly executes behind the gate alone, without a Pod of its own.
	ModeASTOnly Mode = "ASTOnly"
)

// FallbackPolicy says which ends of a sandboxed attempt are followed by an AST-only attempt.
//
// +kubebuilder:validation:Enum=SandboxFailure;InfrastructureFailure;Never
type FallbackPolicy string

const (
	// FallbackSandboxFailure falls back when the infrastructure failed or a limit was exceeded.
	FallbackSandboxFailure FallbackPolicy = "SandboxFailure"
	// FallbackInfrastructureFailure falls back only when the infrastructure failed.
	FallbackInfrastructureFailure FallbackPolicy = "InfrastructureFailure"
	// FallbackNever never falls back.
	FallbackNever FallbackPolicy = "Never"
)

// StrategyRunSpec is what to execute.
//
// +kubebuilder:validation:XValidation:rule="has(self.strategyID) == has(oldSelf.strategyID) && (!has(self.strategyID) || self.strategyID == oldSelf.strategyID)",message="spec.strategyID cannot change; create another StrategyRun"
// +kubebuilder:validation:XValidation:rule="self.source == oldSelf.source",message="spec.source cannot change; create another StrategyRun"
// +kubebuilder:validation:XValidation:rule="has(self.mode) == has(oldSelf.mode) && (!has(self.mode) || self.mode == oldSelf.mode)",message="spec.mode cannot change; create another StrategyRun"
// +kubebuilder:validation:XValidation:rule="self.dataset == oldSelf.dataset",message="spec.dataset cannot change; create another StrategyRun"
// +kubebuilder:validation:XValidation:rule="has(self.parameters) == has(oldSelf.parameters) && (!has(self.parameters) || self.parameters == oldSelf.parameters)",message="spec.parameters cannot change; create another StrategyRun"
// +kubebuilder:validation:XValidation:rule="has(self.limits) == has(oldSelf.limits) && (!has(self.limits) || self.limits == oldSelf.limits)",message="spec.limits cannot change; create another StrategyRun"
// +kubebuilder:validation:XValidation:rule="has(self.fallback) == has(oldSelf.fallback) && (!has(self.fallback) || self.fallback == oldSelf.fallback)",message="spec.fallback cannot change; create another StrategyRun"
// +kubebuilder:validation:XValidation:rule="!(has(oldSelf.cancel) && oldSelf.cancel) || (has(self.cancel) && self.cancel)",message="spec.cancel cannot be taken back; create another StrategyRun"
type StrategyRunSpec struct {
	// strategyID is the loop's own name for the strategy, kept in status, Events and logs.
	// At most 253 characters. Defaults to metadata.name.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	StrategyID string `json:"strategyID,omitempty"`

	// source is the strategy's Python code: exactly one of its members.
	// +required
	Source StrategySource `json:"source,omitzero"` //nolint:kubeapilinter // the rule on StrategySource refuses {} with a sentence, minProperties would not

	// mode is how to execute: Auto (as sandbox.enabled in the operator's configuration says), Sandbox or ASTOnly.
	// +optional
	// +kubebuilder:default=Auto
	Mode Mode `json:"mode,omitempty"`

	// dataset is the name of a dataset in the operator's configuration.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`
	Dataset string `json:"dataset,omitempty"`

	// parameters are read by the strategy as the dict params. A value that is a JSON number, true or false
	// arrives as that; any other value arrives as a string. At most 32 entries of 256 characters.
	// +optional
	// +kubebuilder:validation:MinProperties=1
	// +kubebuilder:validation:MaxProperties=32
	// +kubebuilder:validation:XValidation:rule="self.all(k, k.size() <= 63 && self[k].size() <= 256)",message="a parameter's name has at most 63 and its value at most 256 characters"
	Parameters map[string]string `json:"parameters,omitempty"`

	// limits bound what the strategy may use. A limit that is left out has the operator's default.
	// +optional
	Limits Limits `json:"limits,omitzero"`

	// fallback says what happens when a sandboxed attempt does not end well.
	// +optional
	Fallback Fallback `json:"fallback,omitzero"`

	// ttlSecondsAfterFinished is how long the finished run is kept, in seconds; 0 deletes it at once.
	// Defaults to the operator's ttl.secondsAfterFinished, 3600 unless configured otherwise. Can be changed at any time.
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=31536000
	TTLSecondsAfterFinished *int32 `json:"ttlSecondsAfterFinished,omitempty"`

	// suspend keeps the run from starting, and stops it if it runs; when it becomes false again the run starts afresh.
	// +optional
	Suspend *bool `json:"suspend,omitempty"`

	// cancel ends the run with the verdict Cancelled. It cannot be taken back.
	// +optional
	Cancel *bool `json:"cancel,omitempty"`
}

// StrategySource is where the code is.
//
// +kubebuilder:validation:XValidation:rule="has(self.inline) != has(self.configMapKeyRef)",message="set exactly one of spec.source.inline and spec.source.configMapKeyRef"
type StrategySource struct {
	// inline is the code itself, at most 128 KiB of UTF-8.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=131072
	// +kubebuilder:validation:XValidation:rule="bytes(self).size() <= 131072",message="spec.source.inline must have at most 131072 bytes; use spec.source.configMapKeyRef for no more than that either, or shorten the strategy"
	Inline string `json:"inline,omitempty"`

	// configMapKeyRef names a key of a ConfigMap in the run's own namespace.
	// +optional
	ConfigMapKeyRef *ConfigMapKeyReference `json:"configMapKeyRef,omitempty"`
}

// ConfigMapKeyReference names one key of one ConfigMap.
type ConfigMapKeyReference struct {
	// name is the ConfigMap's name.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`

	// key is the key below data that holds the code.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[-._a-zA-Z0-9]+$`
	Key string `json:"key,omitempty"`
}

// Limits bound what a strategy may use.
//
// +kubebuilder:validation:MinProperties=1
// +kubebuilder:validation:XValidation:rule="!has(self.memory) || (isQuantity(string(self.memory)) && quantity(string(self.memory)).compareTo(quantity('256Mi')) >= 0 && quantity(string(self.memory)).compareTo(quantity('64Gi')) <= 0)",message="spec.limits.memory must be between 256Mi and 64Gi"
// +kubebuilder:validation:XValidation:rule="!has(self.cpu) || (isQuantity(string(self.cpu)) && quantity(string(self.cpu)).compareTo(quantity('100m')) >= 0 && quantity(string(self.cpu)).compareTo(quantity('64')) <= 0)",message="spec.limits.cpu must be between 100m and 64"
// +kubebuilder:validation:XValidation:rule="!has(self.ephemeralStorage) || (isQuantity(string(self.ephemeralStorage)) && quantity(string(self.ephemeralStorage)).compareTo(quantity('16Mi')) >= 0 && quantity(string(self.ephemeralStorage)).compareTo(quantity('64Gi')) <= 0)",message="spec.limits.ephemeralStorage must be between 16Mi and 64Gi"
type Limits struct {
	// memory of the whole Pod, in bytes as a quantity, 256Mi to 64Gi. 2Gi unless the operator is configured otherwise.
	// +optional
	Memory *resource.Quantity `json:"memory,omitempty"`

	// cpu of the whole Pod, in cores as a quantity, 100m to 64. 1 unless the operator is configured otherwise.
	// +optional
	CPU *resource.Quantity `json:"cpu,omitempty"`

	// deadlineSeconds is how long the strategy's code may run by the clock on the wall, 1 to 86400 seconds.
	// Imports and loading do not count. 300 unless the operator is configured otherwise.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=86400
	DeadlineSeconds *int32 `json:"deadlineSeconds,omitempty"`

	// cpuTimeSeconds is how much CPU time the strategy's process may use over all its threads, 1 to 86400 seconds.
	// 300 unless the operator is configured otherwise.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=86400
	CPUTimeSeconds *int32 `json:"cpuTimeSeconds,omitempty"`

	// ephemeralStorage is the Pod's local disk limit, in bytes as a quantity, 16Mi to 64Gi.
	// 1Gi unless the operator is configured otherwise.
	// +optional
	EphemeralStorage *resource.Quantity `json:"ephemeralStorage,omitempty"`

	// startDeadlineSeconds is how long the Pod may take from its creation until its container runs, 1 to 3600 seconds.
	// 60 unless the operator is configured otherwise.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=3600
	StartDeadlineSeconds *int32 `json:"startDeadlineSeconds,omitempty"`
}

// Fallback says what happens when a sandboxed attempt does not end well.
//
// +kubebuilder:validation:MinProperties=1
type Fallback struct {
	// policy is SandboxFailure (infrastructure failures and exceeded limits fall back to AST-only execution),
	// InfrastructureFailure (only those do) or Never.
	// +optional
	Policy FallbackPolicy `json:"policy,omitempty"`
}

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
