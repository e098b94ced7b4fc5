package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

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
