package overhead

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// Assessment is what the completed pairs of a benchmark say so far.
type Assessment struct {
	// Planned is how many pairs are to be completed as of now, extensions and pairs that make up for excluded ones included.
	// As long as fewer are, the benchmark goes on measuring.
	Planned int32
	// Ended says that no further pair is to be measured. Decision, Rationale and Finished are empty before.
	Ended bool
	// Finished is the reason for the condition Finished: Decided, or why there is no decision, which is TestsDisturbed,
	// BaselineTooShort, SelfTest or, if no pair at all counts, TooFewPairs.
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

// Assess computes everything that the status says about pairs, which are the completed ones in order. The functional
// tests have ended before the first of them. It depends on nothing else, so that a benchmark that is resumed comes to the
// same end: every look is taken anew at the pairs that it was taken at. Pairs beyond the look that ended the benchmark
// were not planned and are not looked at.
func Assess(spec *v1alpha1.BenchmarkSpec, tests []v1alpha1.FunctionalTest, pairs []Pair) Assessment {
	fixed := rulesOf(spec, tests)
	looks, most := fixed.plan()
	levels := LevelsOf(len(looks))
	var statistics Statistics
	var verdict judgement
	taken, ended := 0, false
	var completed int32
	for !ended {
		var valid int32
		if completed, valid = fixed.completedAt(looks[taken], most, pairs); completed == 0 {
			// Every pair that does not count costs one more.
			planned := min(looks[taken]+int32(len(pairs))-valid, most)
			statistics = Measure(pairs, fixed.baseline, levels)
			assessment := fixed.report(pairs, &statistics)
			assessment.Planned = planned
			assessment.Conclusive = measuring(len(pairs), planned, verdict.message)
			assessment.looked(taken, len(looks))
			return assessment
		}
		statistics = Measure(pairs[:completed], fixed.baseline, levels)
		verdict = fixed.judge(&statistics)
		taken++
		ended = !verdict.undecided || taken == len(looks) || completed == most
	}
	assessment := fixed.report(pairs[:completed], &statistics)
	assessment.Planned, assessment.Ended = completed, true
	assessment.Finished, assessment.Decision, assessment.Rationale = verdict.finished, verdict.decision, verdict.rationale
	assessment.Conclusive = verdict.condition()
	assessment.looked(taken, len(looks))
	if verdict.pairsToDecide > 0 {
		assessment.Statistics.PairsToDecide = &verdict.pairsToDecide
	}
	return assessment
}

func (a *Assessment) looked(taken, planned int) {
	a.Statistics.Looks, a.Statistics.PlannedLooks = ptr.To(int32(taken)), ptr.To(int32(planned))
}

// measuring is the condition Conclusive before the end; earlier is what the look before found missing.
func measuring(completed int, planned int32, earlier string) metav1.Condition {
	message := fmt.Sprintf("%d of %d pairs are completed", completed, planned)
	if earlier != "" {
		message += "; the look before: " + earlier
	}
	return metav1.Condition{
		Type: v1alpha1.ConditionConclusive, Status: metav1.ConditionUnknown, Reason: v1alpha1.ReasonMeasuring, Message: message,
	}
}

// Write puts the assessment into the status, except for the conditions: those need a time.
func (a *Assessment) Write(status *v1alpha1.BenchmarkStatus) {
	status.Decision, status.Rationale = a.Decision, a.Rationale
	status.Statistics, status.Breakdown = a.Statistics, a.Breakdown
	status.Exclusions, status.Samples = a.Exclusions, a.Samples
}
