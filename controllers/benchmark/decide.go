package benchmark

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
)

// assess writes into the status what the pairs tell, and ends the benchmark if no further pair is to be measured.
func (r *Reconciler) assess(ctx context.Context, s *scope, pairs []overhead.Pair) error {
	status := &s.bench.Status
	assessment := overhead.Assess(&s.bench.Spec, status.FunctionalTests, pairs)
	assessment.Write(status)
	status.SamplesConfigMap = samplesName(s.bench)
	status.Progress = progressOf(pairs, assessment.Planned, s.now)
	if !assessment.Ended {
		// The event of this status brings the benchmark back for the next pair.
		s.goOn()
		conclusive := assessment.Conclusive
		s.condition(v1alpha1.ConditionConclusive, conclusive.Status, conclusive.Reason, conclusive.Message)
		return nil
	}
	s.decide(&assessment)
	switch {
	case assessment.Decision == "":
		s.notApplied("there is no decision")
	case assessment.Conclusive.Status != metav1.ConditionTrue:
		s.notApplied("only a conclusive decision is applied")
	default:
		return r.apply(ctx, s)
	}
	return nil
}
