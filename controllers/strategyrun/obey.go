package strategyrun

import (
	"context"

	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/outcome"
)

// obey does what the run's owner asks of a run that has not ended: cancel ends it, suspend stops it until it is taken back.
// Cancel wins, because it cannot be taken back. A run that is under way and free to go on needs nothing more.
func (r *Reconciler) obey(_ context.Context, s *scope) (bool, error) {
	attempt := s.attempt()
	stop := ptr.Deref(s.run.Spec.Cancel, false) || ptr.Deref(s.run.Spec.Suspend, false)
	if stop && attempt == nil {
		r.errands.forget(s.run.UID)
	}
	switch {
	case ptr.Deref(s.run.Spec.Cancel, false):
		s.abandon(attempt)
		s.conclude(attempt, outcome.Finding{
			Verdict: v1alpha1.VerdictCancelled,
			Message: "the run was cancelled by spec.cancel; create another one to execute the strategy",
		})
		s.requeueAfter = 0
		return true, nil
	case ptr.Deref(s.run.Spec.Suspend, false):
		if attempt != nil {
			s.abandon(attempt)
			endAttempt(attempt, v1alpha1.VerdictSuspended, "the attempt was stopped by spec.suspend", s.now)
			s.stopPods = true
		}
		r.turns.release(s.run.UID)
		underway(s.run, v1alpha1.ReasonSuspended, "the run is suspended; set spec.suspend to false to start it afresh", s.now)
		s.requeueAfter = 0
		return true, nil
	case attempt != nil:
		underway(s.run, v1alpha1.ReasonRunning, "", s.now)
		return true, nil
	default:
		return false, nil
	}
}
