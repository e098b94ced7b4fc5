package overhead

import (
	"math"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// judgement is what one look at the samples leads to.
type judgement struct {
	decision v1alpha1.Decision
	// finished is the reason for the condition Finished, should the benchmark end with this look.
	finished  string
	rationale string

	conclusive      bool
	reason, message string
	// undecided says that more pairs may make it conclusive; pairsToDecide is about how many, 0 if nobody can tell.
	undecided     bool
	pairsToDecide int32
}

func (r *rules) band(overhead float64) band {
	switch {
	case overhead < r.optional:
		return band{v1alpha1.DecisionEnableByDefault, math.Inf(-1), r.optional}
	case overhead < r.documentOnly:
		return band{v1alpha1.DecisionOptional, r.optional, r.documentOnly}
	default:
		return band{v1alpha1.DecisionDocumentOnly, r.documentOnly, math.Inf(1)}
	}
}

// judge applies the matrix to the exact figures. The order is that of precedence: the first thing that keeps a decision
// from being conclusive is the one that is named.
func (r *rules) judge(statistics *Statistics) judgement {
	told := wording{r, statistics}
	switch {
	case r.suite == suiteFailed:
		verdict := judgement{
			decision: v1alpha1.DecisionDoNotUse, finished: v1alpha1.ReasonDecided, rationale: told.doNotUse(),
			conclusive: true, reason: v1alpha1.ReasonConclusive, message: told.failedTests(),
		}
		if r.smoke() {
			verdict.conclusive, verdict.reason, verdict.message = false, v1alpha1.ReasonSmokeTest, told.smoke()
		}
		return verdict
	case r.suite == suiteDisturbed:
		return judgement{
			finished: v1alpha1.ReasonTestsDisturbed, rationale: told.noDecision(told.disturbedTests() + "."),
			reason: v1alpha1.ReasonTestsDisturbed, message: told.disturbedTests(),
		}
	case statistics.Valid == 0:
		return judgement{
			finished: v1alpha1.ReasonTooFewPairs, rationale: told.nothingCounts(),
			reason: v1alpha1.ReasonTooFewPairs, message: told.tooFew(), undecided: true,
		}
	case *statistics.Baseline.MeanMillis < r.floorMillis:
		return judgement{
			finished: v1alpha1.ReasonBaselineTooShort, rationale: told.noDecision(told.tooShort()),
			reason: v1alpha1.ReasonBaselineTooShort, message: told.tooShort(),
		}
	case r.selfTest():
		return judgement{
			finished: v1alpha1.ReasonSelfTest, rationale: told.noDecision(told.selfTest()),
			reason: v1alpha1.ReasonSelfTest, message: told.selfTest(),
		}
	}
	return r.judgeOverhead(statistics, told)
}

// judgeOverhead decides by the overhead: both modes can be compared, and no functional test failed.
func (r *rules) judgeOverhead(statistics *Statistics, told wording) judgement {
	chosen := r.band(*statistics.Overhead)
	verdict := judgement{
		decision: chosen.decision, finished: v1alpha1.ReasonDecided, rationale: told.decision(chosen),
		pairsToDecide: pairsToDecide(statistics, chosen),
	}
	switch {
	case r.smoke():
		verdict.reason, verdict.message = v1alpha1.ReasonSmokeTest, told.smoke()
	case r.suite == suiteDisabled:
		verdict.reason, verdict.message, verdict.pairsToDecide = v1alpha1.ReasonSuiteDisabled, told.noSuite(), 0
	case r.suite == suitePending:
		verdict.reason, verdict.message, verdict.pairsToDecide = v1alpha1.ReasonTesting, told.pendingSuite(), 0
	case statistics.Valid < v1alpha1.MinConclusivePairs:
		verdict.reason, verdict.message, verdict.undecided = v1alpha1.ReasonTooFewPairs, told.tooFew(), true
	case !chosen.holdsAll(statistics.Paired):
		verdict.reason, verdict.undecided = v1alpha1.ReasonIntervalStraddles, true
		verdict.message = told.straddles("paired overhead", statistics.Paired, chosen)
	case !chosen.holdsAll(statistics.Mean):
		verdict.reason, verdict.undecided = v1alpha1.ReasonIntervalStraddles, true
		verdict.message = told.straddles("overhead of the means, which outliers widen,", statistics.Mean, chosen)
	case !chosen.holdsAll(statistics.Median):
		verdict.reason, verdict.undecided = v1alpha1.ReasonIntervalStraddles, true
		verdict.message = told.straddles("median overhead, which checks the paired one,", statistics.Median, chosen)
	default:
		verdict.conclusive, verdict.reason, verdict.pairsToDecide = true, v1alpha1.ReasonConclusive, 0
		verdict.message = told.inside(chosen)
	}
	return verdict
}

func (j *judgement) condition() metav1.Condition {
	status := metav1.ConditionFalse
	if j.conclusive {
		status = metav1.ConditionTrue
	}
	return metav1.Condition{Type: v1alpha1.ConditionConclusive, Status: status, Reason: j.reason, Message: j.message}
}

// pairsToDecide is about how many valid pairs would put all intervals inside the band, if these are typical: an interval
// narrows with the square root of the number of pairs. 0 if nobody can tell, because there is no interval yet, the
// estimate lies in another band than the overhead, or the number is absurd.
func pairsToDecide(statistics *Statistics, chosen band) int32 {
	const absurd = 1e6
	pairs := float64(v1alpha1.MinConclusivePairs)
	for _, estimate := range []*Estimate{statistics.Paired, statistics.Mean, statistics.Median} {
		if estimate == statistics.Median && !estimate.Bounded() {
			continue // it needs a few pairs more than the other, and has an interval long before there are 20
		}
		if !estimate.Bounded() || !chosen.holds(estimate.Percent) {
			return 0
		}
		// On the log scale the interval is about as wide to both sides.
		center := math.Log1p(estimate.Percent / 100)
		for _, side := range []struct{ end, edge float64 }{{estimate.Lower, chosen.low}, {estimate.Upper, chosen.high}} {
			if math.IsInf(side.edge, 0) || chosen.holds(side.end) {
				continue
			}
			width := math.Log1p(side.end/100) - center
			room := math.Log1p(side.edge/100) - center
			pairs = max(pairs, math.Ceil(float64(statistics.Valid)*(width/room)*(width/room)))
		}
	}
	if pairs > absurd {
		return 0
	}
	return int32(pairs)
}
