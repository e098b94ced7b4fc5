package overhead

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// Assessment is what the completed pairs of a benchmark say so far.
type Assessment struct {
	// Planned is how many pairs are to be completed as of now, extensions included. As long as fewer are, the benchmark
	// goes on measuring.
	Planned int32
	// Ended says that no further pair is to be measured. Decision, Rationale and Finished are empty before.
	Ended bool
	// Finished is the reason for the condition Finished: Decided, or why there is no decision.
	Finished string
	// Decision is what the matrix says; empty if it says nothing.
	Decision v1alpha1.Decision
	// Rationale is the decision, or why there is none, in a sentence or two.
	Rationale string
	// Conclusive is that condition, without times and generation. It is Unknown before the end.
	Conclusive metav1.Condition

	// The rest fills the fields of the same name in the status.
	Statistics *v1alpha1.BenchmarkStatistics
	Breakdown  []v1alpha1.PhaseMeans
	Exclusions []v1alpha1.Exclusion
	Samples    []v1alpha1.PairSample
}

// Assess computes everything that the status says about pairs, which are the completed ones in order. The spec has its
// defaults. It depends on nothing else, so that a benchmark that is resumed comes to the same end.
func Assess(spec *v1alpha1.BenchmarkSpec, tests []v1alpha1.FunctionalTest, pairs []Pair) Assessment {
	return Assessment{}
}

// Write puts the assessment into the status, except for the conditions: those need a time.
func (a *Assessment) Write(status *v1alpha1.BenchmarkStatus) {
	status.Decision, status.Rationale = a.Decision, a.Rationale
	status.Statistics, status.Breakdown = a.Statistics, a.Breakdown
	status.Exclusions, status.Samples = a.Exclusions, a.Samples
}
