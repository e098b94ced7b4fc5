package benchmark

import (
	"fmt"
	"time"

	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/functional"
	"github.com/stratbox/stratbox/internal/overhead"
)

// maxConditionMessage keeps a status small; the API allows more.
const maxConditionMessage = 2048

func (s *scope) condition(kind string, status metav1.ConditionStatus, reason, message string) {
	apimeta.SetStatusCondition(&s.bench.Status.Conditions, metav1.Condition{
		Type:               kind,
		Status:             status,
		Reason:             reason,
		Message:            contract.Truncate(message, maxConditionMessage),
		ObservedGeneration: s.bench.Generation,
		LastTransitionTime: metav1.NewTime(s.now),
	})
}

func finished(bench *v1alpha1.Benchmark) bool {
	return apimeta.IsStatusConditionTrue(bench.Status.Conditions, v1alpha1.ConditionFinished)
}

func started(bench *v1alpha1.Benchmark) bool { return bench.Status.StartTime != nil }

// begin: it is the benchmark's turn for the first time. What must not change any more is written down.
func (s *scope) begin(seed int64, strategies []resolved) {
	status := &s.bench.Status
	status.StartTime = ptr.To(metav1.NewTime(s.now))
	status.Seed = &seed
	status.Strategies = nil
	for _, strategy := range strategies {
		status.Strategies = append(status.Strategies, v1alpha1.ResolvedStrategy{Name: strategy.name, Digest: strategy.digest()})
	}
	status.FunctionalTests = nil
	if s.bench.Spec.FunctionalSuite == v1alpha1.FunctionalSuiteEnabled {
		for _, test := range functional.Suite() {
			status.FunctionalTests = append(status.FunctionalTests, v1alpha1.FunctionalTest{Name: test.Name, Outcome: v1alpha1.FunctionalPending})
		}
	}
	status.Progress = progressOf(nil, ptr.Deref(s.bench.Spec.Iterations, 0), s.now)
}

// goOn: the benchmark is under way.
func (s *scope) goOn() {
	if done, _ := s.bench.Status.FunctionalTestsDone(); !done {
		s.onTheWay(v1alpha1.ReasonTesting, "")
		return
	}
	s.onTheWay(v1alpha1.ReasonMeasuring, "")
}

// pending: the benchmark waits.
func (s *scope) pending(message string) { s.onTheWay(v1alpha1.ReasonPending, message) }

// suspend: the benchmark pauses before it begins anything else.
func (s *scope) suspend() {
	s.onTheWay(v1alpha1.ReasonSuspended, "the benchmark is suspended; set spec.suspend to false to go on")
}

// onTheWay: the benchmark has not ended. What only its end can tell is unknown.
func (s *scope) onTheWay(reason, message string) {
	s.condition(v1alpha1.ConditionFinished, metav1.ConditionFalse, reason, message)
	s.tested(reason)
	current := apimeta.FindStatusCondition(s.bench.Status.Conditions, v1alpha1.ConditionConclusive)
	if current == nil || current.Reason != reason {
		s.condition(v1alpha1.ConditionConclusive, metav1.ConditionUnknown, reason, "")
	}
	s.condition(v1alpha1.ConditionApplied, metav1.ConditionUnknown, reason, "")
}

// tested says what the functional tests have told so far; otherwise is the reason why they have not.
func (s *scope) tested(otherwise string) {
	failed, disturbed := s.firstTest(v1alpha1.FunctionalFail), s.firstTest(v1alpha1.FunctionalDisturbed)
	done, _ := s.bench.Status.FunctionalTestsDone()
	kind := v1alpha1.ConditionFunctionalTestsPassed
	switch {
	case s.bench.Spec.FunctionalSuite != v1alpha1.FunctionalSuiteEnabled:
		s.condition(kind, metav1.ConditionUnknown, v1alpha1.ReasonSuiteDisabled, "spec.functionalSuite is Disabled")
	case failed != "":
		s.condition(kind, metav1.ConditionFalse, v1alpha1.ReasonTestFailed, failed)
	case disturbed != "":
		s.condition(kind, metav1.ConditionUnknown, v1alpha1.ReasonTestsDisturbed, disturbed)
	case done && started(s.bench):
		s.condition(kind, metav1.ConditionTrue, v1alpha1.ReasonAllPassed, "")
	default:
		s.condition(kind, metav1.ConditionUnknown, otherwise, "")
	}
}

// firstTest is what the first test that ended so says, empty if none did.
func (s *scope) firstTest(outcome v1alpha1.FunctionalOutcome) string {
	for _, test := range s.bench.Status.FunctionalTests {
		if test.Outcome == outcome {
			return fmt.Sprintf("%s: %s", test.Name, test.Message)
		}
	}
	return ""
}

// finish: the benchmark has ended without a decision.
func (s *scope) finish(reason, message string) {
	s.condition(v1alpha1.ConditionConclusive, metav1.ConditionFalse, reason, "there is no decision")
	s.end(reason, message)
	s.notApplied("there is no decision")
}

// decide: every planned pair was completed. There may be no decision even so.
func (s *scope) decide(assessment *overhead.Assessment) {
	conclusive := assessment.Conclusive
	s.condition(v1alpha1.ConditionConclusive, conclusive.Status, conclusive.Reason, conclusive.Message)
	s.end(assessment.Finished, assessment.Rationale)
}

func (s *scope) end(reason, message string) {
	s.condition(v1alpha1.ConditionFinished, metav1.ConditionTrue, reason, message)
	s.tested(reason)
	s.bench.Status.FinishTime = ptr.To(metav1.NewTime(s.now))
	if progress := s.bench.Status.Progress; progress != nil {
		progress.Remaining, progress.EstimatedFinishTime = "", nil
	}
	s.ended, s.requeueAfter = reason, 0
}

// notApplied: the configuration stays as it is.
func (s *scope) notApplied(why string) {
	if s.bench.Spec.ApplyDecision != v1alpha1.ApplyDecisionApply {
		s.condition(v1alpha1.ConditionApplied, metav1.ConditionFalse, v1alpha1.ReasonNotRequested, "spec.applyDecision is Never")
		return
	}
	s.condition(v1alpha1.ConditionApplied, metav1.ConditionFalse, v1alpha1.ReasonNotConclusive, why)
}

// progressOf says how far a benchmark has got. The rest is taken to last as long for each pair as those so far did, their
// halves alone: neither a pause nor the functional tests are part of it.
func progressOf(pairs []overhead.Pair, planned int32, now time.Time) *v1alpha1.BenchmarkProgress {
	completed := int32(len(pairs))
	progress := &v1alpha1.BenchmarkProgress{
		Pairs:          fmt.Sprintf("%d/%d", completed, planned),
		CompletedPairs: &completed,
		PlannedPairs:   &planned,
	}
	if completed == 0 || completed >= planned {
		return progress
	}
	var took time.Duration
	for _, pair := range pairs {
		for _, half := range []overhead.Half{pair.Sandbox, pair.Baseline} {
			took += time.Duration(half.Times.Total+ptr.Deref(half.Times.End, 0)) * time.Millisecond
		}
	}
	left := took / time.Duration(completed) * time.Duration(planned-completed)
	progress.Remaining = left.Round(time.Second).String()
	progress.EstimatedFinishTime = ptr.To(metav1.NewTime(now.Add(left).Truncate(time.Second)))
	return progress
}
