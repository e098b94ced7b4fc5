package strategyrun

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/fallback"
)

// publish writes the status once if it changed, then tells about it, then deletes the Pods that are not needed any more.
func (r *Reconciler) publish(ctx context.Context, s *scope) error {
	if !equality.Semantic.DeepEqual(s.original.Status, s.run.Status) {
		err := r.write(ctx, s)
		switch {
		case apierrors.IsConflict(err), apierrors.IsNotFound(err):
			// Somebody wrote or deleted the run since it was read. Nothing was decided; the event of that
			// write brings the run back.
			s.requeueAfter = 0
			return nil
		case err != nil:
			return fmt.Errorf("write status: %w", err)
		}
		r.turns.settle(s.run)
		r.tellAgain(s)
	}
	r.letGo(s)
	if s.verdict != "" {
		r.announce(s)
	}
	if s.stopPods {
		return r.deletePods(ctx, s.run.Namespace, s.run.Name)
	}
	return nil
}

// write writes the status. An API server that takes too long to say so, or cannot, may have written it all the same: then it
// counts as written, so that what it tells of is told.
func (r *Reconciler) write(ctx context.Context, s *scope) error {
	patch := client.MergeFromWithOptions(s.original, client.MergeFromWithOptimisticLock{})
	err := r.Client.Status().Patch(ctx, s.run, patch)
	if err == nil || apierrors.IsConflict(err) || apierrors.IsNotFound(err) {
		return err
	}
	live := &v1alpha1.StrategyRun{}
	if r.APIReader.Get(ctx, client.ObjectKeyFromObject(s.run), live) != nil || live.UID != s.run.UID {
		return err
	}
	// As they are written, because times lose their fractions then.
	wanted, _ := json.Marshal(s.run.Status)
	found, _ := json.Marshal(live.Status)
	if !bytes.Equal(wanted, found) {
		return err
	}
	return nil
}

// letGo drops what the executor need not go on with, once the status says so.
func (r *Reconciler) letGo(s *scope) {
	if s.abandoned != nil {
		r.errands.forget(s.run.UID)
		r.errands.abandon(*s.abandoned, r.executor, r.Clock)
	}
}

// tellAgain tells of an attempt that is followed by another. A fallback is a warning, in the Event and in the log: from
// then on the gate alone stands between the strategy and the executor.
func (r *Reconciler) tellAgain(s *scope) {
	if s.again == nil {
		return
	}
	from := s.again.from
	r.Metrics.Repeated(from.Mode, v1alpha1.Mode(s.again.step), from.Verdict)
	if s.again.step != fallback.ASTOnly || from.Mode != v1alpha1.ModeSandbox {
		r.Events.Eventf(s.run, nil, corev1.EventTypeWarning, "Retrying", "Execute", "attempt %d ended as %s and is repeated: %s",
			indexOf(from), from.Verdict, contract.Truncate(from.Message, maxEventNote/2))
		return
	}
	r.Events.Eventf(s.run, nil, corev1.EventTypeWarning, "FallingBack", "Execute", "attempt %d ended as %s, the strategy is executed AST-only: %s",
		indexOf(from), from.Verdict, contract.Truncate(from.Message, maxEventNote/2))
	slog.New(logr.ToSlogHandler(r.Audit)).Warn("fallback",
		"strategyID", strategyID(s.run), "run", s.run.Name, "namespace", s.run.Namespace, "reason", string(from.Verdict), "message", from.Message)
}

// announce tells metrics, Events and the audit log of a verdict that is recorded, once in the life of this manager.
func (r *Reconciler) announce(s *scope) {
	if !r.turns.announceOnce(s.run.UID) {
		return
	}
	verdict := verdictOf(s.run)
	r.Metrics.RunFinished(verdict, s.run.Status)
	r.audit(s)
	kind := corev1.EventTypeWarning
	if verdict == v1alpha1.VerdictCompleted {
		kind = corev1.EventTypeNormal
	}
	r.Events.Eventf(s.run, nil, kind, string(verdict), "Execute", "%s", contract.Truncate(verdictMessage(s.run), maxEventNote))
}

// maxEventNote is the API's bound on the note of an Event.
const maxEventNote = 1000

// audit writes one line for each denied system call. Field names and message are fixed: log pipelines select by them.
func (r *Reconciler) audit(s *scope) {
	attempt := v1alpha1.Attempt{}
	if n := len(s.run.Status.Attempts); n > 0 {
		attempt = s.run.Status.Attempts[n-1]
	}
	for _, violation := range s.run.Status.Violations {
		at := s.now
		if violation.FirstTime != nil {
			at = violation.FirstTime.Time
		}
		r.Audit.Info("violation",
			"strategyID", strategyID(s.run),
			"run", s.run.Name,
			"namespace", s.run.Namespace,
			"node", attempt.Node,
			"time", at.UTC().Format(time.RFC3339),
			"syscall", violation.Syscall,
			"count", ptr.Deref(violation.Count, 0),
		)
	}
}

// strategyID is the loop's own name for the strategy, or else the run's.
func strategyID(run *v1alpha1.StrategyRun) string {
	if run.Spec.StrategyID != "" {
		return run.Spec.StrategyID
	}
	return run.Name
}
