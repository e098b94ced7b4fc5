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

// Decision is what the matrix says.
//
// +kubebuilder:validation:Enum=EnableByDefault;Optional;DocumentOnly;DoNotUse
type Decision string

const (
	// DecisionEnableByDefault: every functional test passed and the overhead is below the first threshold.
	DecisionEnableByDefault Decision = "EnableByDefault"
	// DecisionOptional: the overhead is at or above the first threshold and below the second.
	DecisionOptional Decision = "Optional"
	// DecisionDocumentOnly: the overhead is at or above the second threshold.
	DecisionDocumentOnly Decision = "DocumentOnly"
	// DecisionDoNotUse: a functional test failed.
	DecisionDoNotUse Decision = "DoNotUse"
)

// BenchmarkStatus is what was found.
//
// +kubebuilder:validation:MinProperties=1
type BenchmarkStatus struct {
	// conditions are Finished (the one to wait for), FunctionalTestsPassed, Conclusive and Applied.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=16
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// decision is what the matrix says. It may be applied only when the condition Conclusive is True.
	// +optional
	Decision Decision `json:"decision,omitempty"`

	// rationale is the decision in a sentence.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	Rationale string `json:"rationale,omitempty"`

	// startTime is when the benchmark was started.
	// +optional
	StartTime *metav1.Time `json:"startTime,omitempty"`

	// finishTime is when it ended.
	// +optional
	FinishTime *metav1.Time `json:"finishTime,omitempty"`

	// seed decides which half of a pair comes first.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Seed *int64 `json:"seed,omitempty"`

	// strategies are those that are executed, in order, as they were when the benchmark started.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=16
	Strategies []ResolvedStrategy `json:"strategies,omitempty"`

	// progress says how far the benchmark has got.
	// +optional
	Progress *BenchmarkProgress `json:"progress,omitempty"`

	// statistics are computed over all valid pairs.
	// +optional
	Statistics *BenchmarkStatistics `json:"statistics,omitempty"`

	// breakdown says where the time of an iteration goes: means over all valid pairs.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=16
	Breakdown []PhaseMeans `json:"breakdown,omitempty"`

	// functionalTests are listed in the order in which they are run.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=32
	FunctionalTests []FunctionalTest `json:"functionalTests,omitempty"`

	// exclusions are the first 16 pairs that do not count, and why.
	// +optional
	// +listType=map
	// +listMapKey=pair
	// +kubebuilder:validation:MaxItems=16
	Exclusions []Exclusion `json:"exclusions,omitempty"`

	// samples are the last 20 measured pairs. All of them are in the ConfigMap samplesConfigMap.
	// +optional
	// +listType=map
	// +listMapKey=pair
	// +kubebuilder:validation:MaxItems=20
	Samples []PairSample `json:"samples,omitempty"`

	// samplesConfigMap is the name of the ConfigMap that holds all raw samples.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	SamplesConfigMap string `json:"samplesConfigMap,omitempty"`

	// environment says what was measured on.
	// +optional
	Environment *BenchmarkEnvironment `json:"environment,omitempty"`
}

// ResolvedStrategy is one strategy as it was when the benchmark started.
type ResolvedStrategy struct {
	// name is what samples and reports call the strategy.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`
	// digest is the SHA-256 of the code.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	Digest string `json:"digest,omitempty"`
}

// BenchmarkProgress says how far a benchmark has got.
type BenchmarkProgress struct {
	// pairs are the completed pairs of the planned ones, such as 7/20.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	Pairs string `json:"pairs,omitempty"`
	// completedPairs were measured or excluded.
	// +optional
	// +kubebuilder:validation:Minimum=0
	CompletedPairs *int32 `json:"completedPairs,omitempty"`
	// plannedPairs is how many pairs are to be completed as of now: extensions included, and one more for each excluded pair.
	// +optional
	// +kubebuilder:validation:Minimum=0
	PlannedPairs *int32 `json:"plannedPairs,omitempty"`
	// remaining is about how long the rest takes, as of the last pair, such as 2m10s.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	Remaining string `json:"remaining,omitempty"`
	// estimatedFinishTime is when the planned pairs will have been measured, if they take as long as those so far.
	// +optional
	EstimatedFinishTime *metav1.Time `json:"estimatedFinishTime,omitempty"`
}

// BenchmarkStatistics are computed over all valid pairs. Percentages are decimal strings.
type BenchmarkStatistics struct {
	// validPairs were measured, both halves scored.
	// +required
	// +kubebuilder:validation:Minimum=0
	ValidPairs *int32 `json:"validPairs,omitempty"`
	// excludedPairs do not count because a half failed.
	// +required
	// +kubebuilder:validation:Minimum=0
	ExcludedPairs *int32 `json:"excludedPairs,omitempty"`
	// overheadPercent is (sandbox - baseline) / baseline x 100 of the mean iteration times, submit to verdict. It decides.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	OverheadPercent string `json:"overheadPercent,omitempty"`
	// paired is the mean of the pairs' log ratios as a percentage, with its t interval. It says whether the decision is conclusive.
	// +optional
	Paired *Estimate `json:"paired,omitempty"`
	// mean is overheadPercent with its own interval, that of a ratio of means, which outliers widen: a check on paired.
	// +optional
	Mean *Estimate `json:"mean,omitempty"`
	// median is the median of the pairs' ratios as a percentage, with its order-statistic interval, which outliers leave
	// alone: a check on paired.
	// +optional
	Median *Estimate `json:"median,omitempty"`
	// cpu is the paired overhead of the CPU time of the strategy's own process alone.
	// +optional
	CPU *Estimate `json:"cpu,omitempty"`
	// sandbox sums up the sandboxed halves.
	// +optional
	Sandbox *HalfStatistics `json:"sandbox,omitempty"`
	// baseline sums up the halves that the sandbox is compared with.
	// +optional
	Baseline *HalfStatistics `json:"baseline,omitempty"`
	// looks is how many times the samples have been looked at, and plannedLooks how many times they may be. With more
	// than one, each interval is widened so that all of them together are right 95 times in 100.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Looks *int32 `json:"looks,omitempty"`
	// plannedLooks is how many times the samples may be looked at.
	// +optional
	// +kubebuilder:validation:Minimum=0
	PlannedLooks *int32 `json:"plannedLooks,omitempty"`
	// pairsToDecide is about how many valid pairs would make the decision conclusive, if these are typical.
	// +optional
	// +kubebuilder:validation:Minimum=0
	PairsToDecide *int32 `json:"pairsToDecide,omitempty"`
}

// Estimate is a percentage with its interval.
type Estimate struct {
	// percent is the estimate, a decimal string.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	Percent string `json:"percent,omitempty"`
	// lowerPercent is the lower end of the interval, a decimal string; left out where there is none.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	LowerPercent string `json:"lowerPercent,omitempty"`
	// upperPercent is the upper end of the interval, a decimal string; left out where there is none.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	UpperPercent string `json:"upperPercent,omitempty"`
	// interval is both ends in one, such as "31.2 to 40.5", for people.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	Interval string `json:"interval,omitempty"`
	// confidence of the interval, a decimal string such as 0.95.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=16
	Confidence string `json:"confidence,omitempty"`
}

// HalfStatistics sum up the halves of one mode.
type HalfStatistics struct {
	// runs is how many there were, warm-up not counted.
	// +required
	// +kubebuilder:validation:Minimum=0
	Runs *int32 `json:"runs,omitempty"`
	// succeeded is how many of them were scored.
	// +required
	// +kubebuilder:validation:Minimum=0
	Succeeded *int32 `json:"succeeded,omitempty"`
	// meanMillis is the mean iteration time over valid pairs, in milliseconds.
	// +optional
	// +kubebuilder:validation:Minimum=0
	MeanMillis *int64 `json:"meanMillis,omitempty"`
	// medianMillis is the median iteration time over valid pairs, in milliseconds.
	// +optional
	// +kubebuilder:validation:Minimum=0
	MedianMillis *int64 `json:"medianMillis,omitempty"`
}

// PhaseMeans is the mean time of one phase in both modes, in milliseconds.
type PhaseMeans struct {
	// name is queue, start, imports, data, seal, gate, execution, scoring, other (of submit to verdict), or end (after it).
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	Name string `json:"name,omitempty"`
	// sandboxMillis is the mean over the sandboxed halves.
	// +optional
	// +kubebuilder:validation:Minimum=0
	SandboxMillis *int64 `json:"sandboxMillis,omitempty"`
	// baselineMillis is the mean over the other halves.
	// +optional
	// +kubebuilder:validation:Minimum=0
	BaselineMillis *int64 `json:"baselineMillis,omitempty"`
}

// FunctionalOutcome is how a functional test ended.
//
// +kubebuilder:validation:Enum=Pending;Pass;Fail;Disturbed
type FunctionalOutcome string

const (
	// FunctionalPending: the test has not ended.
	FunctionalPending FunctionalOutcome = "Pending"
	// FunctionalPass: what was seen is what was promised.
	FunctionalPass FunctionalOutcome = "Pass"
	// FunctionalFail: it is not.
	FunctionalFail FunctionalOutcome = "Fail"
	// FunctionalDisturbed: nobody can tell. What was seen, twice, says nothing of the sandbox.
	FunctionalDisturbed FunctionalOutcome = "Disturbed"
)

// FunctionalTest is one functional test of the sandbox.
type FunctionalTest struct {
	// name of the test.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Name string `json:"name,omitempty"`
	// outcome is Pending, Pass, Fail, or Disturbed where what was seen says nothing of the sandbox.
	// +required
	Outcome FunctionalOutcome `json:"outcome,omitempty"`
	// message says what was seen, and what was expected where that differs.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Message string `json:"message,omitempty"`
}

// Exclusion is one pair that does not count.
type Exclusion struct {
	// pair numbers the measured pairs from 0.
	// +required
	// +kubebuilder:validation:Minimum=0
	Pair *int32 `json:"pair,omitempty"`
	// mode of the half that failed.
	// +optional
	Mode Mode `json:"mode,omitempty"`
	// reason is the verdict of that half, or why the pair does not count otherwise.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	Reason string `json:"reason,omitempty"`
	// message is the reason in a sentence.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Message string `json:"message,omitempty"`
}

// PairSample is one measured pair in short.
type PairSample struct {
	// pair numbers the measured pairs from 0.
	// +required
	// +kubebuilder:validation:Minimum=0
	Pair *int32 `json:"pair,omitempty"`
	// sandboxMillis is the iteration time of the sandboxed half, in milliseconds.
	// +optional
	// +kubebuilder:validation:Minimum=0
	SandboxMillis *int64 `json:"sandboxMillis,omitempty"`
	// baselineMillis is the iteration time of the other half, in milliseconds.
	// +optional
	// +kubebuilder:validation:Minimum=0
	BaselineMillis *int64 `json:"baselineMillis,omitempty"`
}

// BenchmarkEnvironment says what was measured on.
type BenchmarkEnvironment struct {
	// node is where the sandboxed halves ran; more than one name is separated by commas.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Node string `json:"node,omitempty"`
	// kernel is the node's kernel release.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	Kernel string `json:"kernel,omitempty"`
	// architecture is the node's, such as amd64.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	Architecture string `json:"architecture,omitempty"`
	// containerRuntime is its name and version.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	ContainerRuntime string `json:"containerRuntime,omitempty"`
	// kubelet is its version.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	Kubelet string `json:"kubelet,omitempty"`
	// cpuModel is what the processor calls itself.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	CPUModel string `json:"cpuModel,omitempty"`
	// cpus is how many the node has.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	CPUs string `json:"cpus,omitempty"`
	// cgroupVersion is v1 or v2.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=8
	CgroupVersion string `json:"cgroupVersion,omitempty"`
	// speculation is the mitigation state of the sandboxed process against speculation attacks, as the kernel tells it.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=256
	Speculation string `json:"speculation,omitempty"`
	// image is the runner image as the node resolved it.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Image string `json:"image,omitempty"`
	// profile is the seccomp profile of the sandboxed halves; it carries the profile's digest.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Profile string `json:"profile,omitempty"`
	// policy is the digest of the filter that was sealed on the sandboxed process.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	Policy string `json:"policy,omitempty"`
	// dataset is the digest of the dataset that every half read.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	Dataset string `json:"dataset,omitempty"`
	// operator is the manager's version.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	Operator string `json:"operator,omitempty"`
}
