package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Benchmark measures what the sandbox costs and decides by a fixed matrix whether it becomes the default.
//
// +genclient
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:path=benchmarks,scope=Namespaced,shortName=bench,categories=stratbox
// +kubebuilder:printcolumn:name="State",type=string,JSONPath=`.status.conditions[?(@.type=="Finished")].reason`,description="How far the benchmark has got, or how it ended"
// +kubebuilder:printcolumn:name="Progress",type=string,JSONPath=`.status.progress.pairs`,description="Measured pairs of planned ones"
// +kubebuilder:printcolumn:name="ETA",type=string,JSONPath=`.status.progress.remaining`,description="About how long the rest takes, as of the last pair"
// +kubebuilder:printcolumn:name="Decision",type=string,JSONPath=`.status.decision`,description="What the matrix says"
// +kubebuilder:printcolumn:name="Overhead-%",type=string,JSONPath=`.status.statistics.overheadPercent`,description="Of average iteration time, sandbox against AST-only"
// +kubebuilder:printcolumn:name="Interval-%",type=string,JSONPath=`.status.statistics.paired.interval`,description="Where the paired overhead lies with 95 % confidence"
// +kubebuilder:printcolumn:name="Conclusive",type=string,JSONPath=`.status.conditions[?(@.type=="Conclusive")].status`,description="Whether the decision may be applied"
// +kubebuilder:printcolumn:name="Rationale",type=string,priority=1,JSONPath=`.status.rationale`,description="The decision in a sentence"
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:validation:XValidation:rule="self.metadata.name.size() <= 40",message="metadata.name must have at most 40 characters, because runs are named after it"
type Benchmark struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard object's metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`
	// spec is what to measure. Only suspend and cancel can change after creation.
	// +required
	Spec BenchmarkSpec `json:"spec,omitzero"`
	// status is what was found. Only the manager writes it.
	// +optional
	Status BenchmarkStatus `json:"status,omitzero"`
}

// BenchmarkList is a list of Benchmarks.
//
// +kubebuilder:object:root=true
type BenchmarkList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Benchmark `json:"items"`
}

// ApplyDecision says what becomes of a conclusive decision.
//
// +kubebuilder:validation:Enum=Never;Apply
type ApplyDecision string

const (
	// ApplyDecisionNever leaves the configuration as it is.
	ApplyDecisionNever ApplyDecision = "Never"
	// ApplyDecisionApply sets sandbox.enabled in learning_system.yaml as a conclusive decision says.
	ApplyDecisionApply ApplyDecision = "Apply"
)

// FunctionalSuite says whether the functional tests of the sandbox are run.
//
// +kubebuilder:validation:Enum=Enabled;Disabled
type FunctionalSuite string

const (
	// FunctionalSuiteEnabled runs every functional test once before the first pair.
	FunctionalSuiteEnabled FunctionalSuite = "Enabled"
	// FunctionalSuiteDisabled runs none; the decision is then never conclusive.
	FunctionalSuiteDisabled FunctionalSuite = "Disabled"
)

// BenchmarkSpec is what to measure.
//
// +kubebuilder:validation:XValidation:rule="has(self.strategies) != has(self.strategySelector)",message="set exactly one of spec.strategies and spec.strategySelector"
// +kubebuilder:validation:XValidation:rule="!has(self.maxIterations) || self.maxIterations >= self.iterations",message="spec.maxIterations must not be less than spec.iterations"
// +kubebuilder:validation:XValidation:rule="has(self.strategies) == has(oldSelf.strategies) && (!has(self.strategies) || self.strategies == oldSelf.strategies)",message="spec.strategies cannot change; create another Benchmark"
// +kubebuilder:validation:XValidation:rule="has(self.strategySelector) == has(oldSelf.strategySelector) && (!has(self.strategySelector) || self.strategySelector == oldSelf.strategySelector)",message="spec.strategySelector cannot change; create another Benchmark"
// +kubebuilder:validation:XValidation:rule="self.dataset == oldSelf.dataset",message="spec.dataset cannot change; create another Benchmark"
// +kubebuilder:validation:XValidation:rule="has(self.parameters) == has(oldSelf.parameters) && (!has(self.parameters) || self.parameters == oldSelf.parameters)",message="spec.parameters cannot change; create another Benchmark"
// +kubebuilder:validation:XValidation:rule="has(self.limits) == has(oldSelf.limits) && (!has(self.limits) || self.limits == oldSelf.limits)",message="spec.limits cannot change; create another Benchmark"
// +kubebuilder:validation:XValidation:rule="self.iterations == oldSelf.iterations && has(self.maxIterations) == has(oldSelf.maxIterations) && (!has(self.maxIterations) || self.maxIterations == oldSelf.maxIterations)",message="spec.iterations and spec.maxIterations cannot change; create another Benchmark"
// +kubebuilder:validation:XValidation:rule="self.warmup == oldSelf.warmup && self.parallelism == oldSelf.parallelism && self.functionalSuite == oldSelf.functionalSuite",message="spec.warmup, spec.parallelism and spec.functionalSuite cannot change; create another Benchmark"
// +kubebuilder:validation:XValidation:rule="has(self.seed) == has(oldSelf.seed) && (!has(self.seed) || self.seed == oldSelf.seed)",message="spec.seed cannot change; create another Benchmark"
// +kubebuilder:validation:XValidation:rule="self.thresholds == oldSelf.thresholds && self.baseline == oldSelf.baseline",message="spec.thresholds and spec.baseline cannot change; create another Benchmark"
// +kubebuilder:validation:XValidation:rule="self.applyDecision == oldSelf.applyDecision && self.deadlineSeconds == oldSelf.deadlineSeconds",message="spec.applyDecision and spec.deadlineSeconds cannot change; create another Benchmark"
// +kubebuilder:validation:XValidation:rule="self.applyDecision != 'Apply' || (self.functionalSuite == 'Enabled' && self.baseline.mode == 'ASTOnly')",message="spec.applyDecision Apply needs spec.functionalSuite Enabled and spec.baseline.mode ASTOnly"
// +kubebuilder:validation:XValidation:rule="!(has(oldSelf.cancel) && oldSelf.cancel) || (has(self.cancel) && self.cancel)",message="spec.cancel cannot be taken back; create another Benchmark"
type BenchmarkSpec struct {
	// strategies are what is executed: pair i executes strategy i modulo their number. 1 to 16.
	// Exactly one of strategies and strategySelector is set.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Strategies []BenchmarkStrategy `json:"strategies,omitempty"`

	// strategySelector selects ConfigMaps in the benchmark's own namespace: every key of theirs that ends in .py is a
	// strategy, in order of ConfigMap and key. At least 1 and at most 16 keys.
	// +optional
	StrategySelector *metav1.LabelSelector `json:"strategySelector,omitempty"`

	// dataset is the name of a dataset in the operator's configuration.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`
	Dataset string `json:"dataset,omitempty"`

	// parameters are given to every strategy, as spec.parameters of a StrategyRun.
	// +optional
	// +kubebuilder:validation:MinProperties=1
	// +kubebuilder:validation:MaxProperties=32
	// +kubebuilder:validation:XValidation:rule="self.all(k, k.size() <= 63 && self[k].size() <= 256)",message="a parameter's name has at most 63 and its value at most 256 characters"
	Parameters map[string]string `json:"parameters,omitempty"`

	// limits bound every run, in both modes. A limit that is left out has the operator's default.
	// +optional
	Limits Limits `json:"limits,omitzero"`

	// iterations is the number of measured pairs, 2 to 500. Fewer than 20 are a smoke test: it decides nothing.
	// From 20 on, a pair that does not count is made up for by another one.
	// +optional
	// +kubebuilder:default=20
	// +kubebuilder:validation:Minimum=2
	// +kubebuilder:validation:Maximum=500
	Iterations *int32 `json:"iterations,omitempty"`

	// maxIterations is how far a benchmark that is not conclusive may extend itself, up to 500 pairs, those that do not count
	// included. If it is left out there is no extension, and at most 2 pairs or a quarter of iterations are made up for.
	// +optional
	// +kubebuilder:validation:Minimum=2
	// +kubebuilder:validation:Maximum=500
	MaxIterations *int32 `json:"maxIterations,omitempty"`

	// warmup is the number of pairs that are executed first and not measured, 0 to 10.
	// +optional
	// +kubebuilder:default=1
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=10
	Warmup *int32 `json:"warmup,omitempty"`

	// parallelism is how many runs of the benchmark are under way at one time. Only 1 is supported: two would measure
	// each other.
	// +optional
	// +kubebuilder:default=1
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1
	Parallelism *int32 `json:"parallelism,omitempty"`

	// seed decides which half of a pair comes first. Drawn at random and recorded in status.seed when left out.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Seed *int64 `json:"seed,omitempty"`

	// functionalSuite says whether the functional tests of the sandbox are run before the pairs: Enabled or Disabled.
	// +optional
	// +kubebuilder:default=Enabled
	FunctionalSuite FunctionalSuite `json:"functionalSuite,omitempty"`

	// thresholds are the bounds of the decision's bands.
	// +optional
	// +kubebuilder:default={optionalPercent: 50, documentOnlyPercent: 100}
	Thresholds Thresholds `json:"thresholds,omitzero"` //nolint:kubeapilinter // {} is what the defaults of its members apply to

	// baseline is what the sandbox is compared with.
	// +optional
	// +kubebuilder:default={mode: ASTOnly, floorMillis: 1000}
	Baseline Baseline `json:"baseline,omitzero"` //nolint:kubeapilinter // {} is what the defaults of its members apply to

	// applyDecision says what becomes of a conclusive decision: Never leaves the configuration as it is, Apply sets
	// sandbox.enabled in learning_system.yaml and writes the rationale beside it.
	// +optional
	// +kubebuilder:default=Never
	ApplyDecision ApplyDecision `json:"applyDecision,omitempty"`

	// deadlineSeconds is how long the benchmark may take from its start, suspension included, 60 to 604800 seconds.
	// +optional
	// +kubebuilder:default=14400
	// +kubebuilder:validation:Minimum=60
	// +kubebuilder:validation:Maximum=604800
	DeadlineSeconds *int32 `json:"deadlineSeconds,omitempty"`

	// suspend keeps the next pair from starting. The pair under way is finished first, because its halves belong together.
	// +optional
	Suspend *bool `json:"suspend,omitempty"`

	// cancel ends the benchmark without a decision. It cannot be taken back.
	// +optional
	Cancel *bool `json:"cancel,omitempty"`
}

// BenchmarkStrategy is one strategy to execute.
type BenchmarkStrategy struct {
	// name is what samples and reports call the strategy.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:Pattern=`^[a-zA-Z0-9]([-_.a-zA-Z0-9]*[a-zA-Z0-9])?$`
	Name string `json:"name,omitempty"`

	// source is the strategy's Python code: exactly one of its members.
	// +required
	Source StrategySource `json:"source,omitzero"` //nolint:kubeapilinter // the rule on StrategySource refuses {} with a sentence, minProperties would not
}

// Thresholds are the bounds of the decision's bands, in percent of overhead.
//
// +kubebuilder:validation:XValidation:rule="self.optionalPercent < self.documentOnlyPercent",message="spec.thresholds.optionalPercent must be less than spec.thresholds.documentOnlyPercent"
type Thresholds struct {
	// optionalPercent is where EnableByDefault ends and Optional begins, 1 to 10000.
	// +optional
	// +kubebuilder:default=50
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=10000
	OptionalPercent *int32 `json:"optionalPercent,omitempty"`

	// documentOnlyPercent is where Optional ends and DocumentOnly begins, 2 to 10000.
	// +optional
	// +kubebuilder:default=100
	// +kubebuilder:validation:Minimum=2
	// +kubebuilder:validation:Maximum=10000
	DocumentOnlyPercent *int32 `json:"documentOnlyPercent,omitempty"`
}

// Baseline is what the sandbox is compared with.
//
// +kubebuilder:validation:XValidation:rule="self.mode != 'Auto'",message="spec.baseline.mode must be ASTOnly, or Sandbox to test the benchmark against itself"
type Baseline struct {
	// mode is ASTOnly, or Sandbox to compare the sandbox with itself: the overhead ought to be nothing then.
	// +optional
	// +kubebuilder:default=ASTOnly
	Mode Mode `json:"mode,omitempty"`

	// floorMillis is the least mean iteration time, in milliseconds, that is divided by, 1 to 3600000. A shorter
	// baseline says nothing about strategies that take seconds.
	// +optional
	// +kubebuilder:default=1000
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=3600000
	FloorMillis *int32 `json:"floorMillis,omitempty"`
}
