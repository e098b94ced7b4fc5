package benchmark

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// apply says that a conclusive decision is to be applied by hand.
func (r *Reconciler) apply(_ context.Context, s *scope) error {
	if s.bench.Spec.ApplyDecision != v1alpha1.ApplyDecisionApply {
		s.notApplied("")
		return nil
	}
	s.condition(v1alpha1.ConditionApplied, metav1.ConditionFalse, v1alpha1.ReasonApplyFailed, "set sandbox.enabled by hand")
	return nil
}
