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
