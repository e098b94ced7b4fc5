package strategyrun

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/fallback"
	"github.com/stratbox/stratbox/internal/outcome"
)

// refusal says why a run cannot be executed as written, and what to do about it.
type refusal struct {
	reason  string
	message string
}

// accept ends a run that refers to something that does not exist. What it refers to can come and go, so it is
// asked again each time the run may be started.
func (r *Reconciler) accept(ctx context.Context, s *scope) (bool, error) {
	refused := r.modeRefusal(s)
	if refused == nil {
		refused = datasetRefusal(s)
	}
	if refused == nil && s.run.Spec.Source.ConfigMapKeyRef != nil {
		var err error
		if _, refused, err = r.source(ctx, s.run); err != nil {
			return false, err
		}
	}
	if refused == nil {
		accepted(s.run, s.now)
		return false, nil
	}
	s.refuse(*refused)
	return true, nil
}

// refuse ends the run without an attempt, or, if attempts have ended and another was to follow, with the last one's verdict.
func (s *scope) refuse(refused refusal) {
	if last := lastEnded(s.run); last != nil {
		s.conclude(nil, outcome.Finding{Verdict: last.Verdict, Message: last.Message + "; it was not tried again: " + refused.message})
		return
	}
	notAccepted(s.run, refused, s.now)
	finish(s.run, v1alpha1.VerdictNotAccepted, refused.message, s.now)
	s.verdict, s.stopPods = v1alpha1.VerdictNotAccepted, true
}

func (r *Reconciler) modeRefusal(s *scope) *refusal {
	if s.step == fallback.Sandbox || r.executor() != nil {
		return nil
	}
	requested := s.run.Spec.Mode
	message := "spec.mode ASTOnly is not available in this installation; use Sandbox or Auto"
	if requested != v1alpha1.ModeASTOnly {
		message = "spec.mode Auto means ASTOnly here because sandbox.enabled is false in the operator's configuration, " +
			"and ASTOnly is not available in this installation; use Sandbox"
	}
	return &refusal{reason: v1alpha1.ReasonModeNotAvailable, message: message}
}

func datasetRefusal(s *scope) *refusal {
	name := s.run.Spec.Dataset
	if _, found := s.settings.Config.Datasets[name]; found {
		return nil
	}
	return &refusal{
		reason: v1alpha1.ReasonDatasetNotFound,
		message: fmt.Sprintf("the operator's configuration has no dataset %q; use one of: %s",
			name, s.settings.Config.DatasetNames()),
	}
}

// source reads the code of a run, a ConfigMap's from the API server: the manager keeps no cache of other people's ConfigMaps.
func (r *Reconciler) source(ctx context.Context, run *v1alpha1.StrategyRun) (string, *refusal, error) {
	ref := run.Spec.Source.ConfigMapKeyRef
	if ref == nil {
		return run.Spec.Source.Inline, nil, nil
	}
	configMap := &corev1.ConfigMap{}
	err := r.APIReader.Get(ctx, client.ObjectKey{Namespace: run.Namespace, Name: ref.Name}, configMap)
	if err != nil && !apierrors.IsNotFound(err) {
		return "", nil, fmt.Errorf("read ConfigMap %s: %w", ref.Name, err)
	}
	source, found := configMap.Data[ref.Key]
	switch {
	case err != nil:
		return "", &refusal{
			reason:  v1alpha1.ReasonSourceNotFound,
			message: fmt.Sprintf("there is no ConfigMap %q in namespace %s; create it before the run", ref.Name, run.Namespace),
		}, nil
	case !found || source == "":
		return "", &refusal{
			reason:  v1alpha1.ReasonSourceNotFound,
			message: fmt.Sprintf("ConfigMap %q has no code under key %q; put the strategy there, below data", ref.Name, ref.Key),
		}, nil
	case len(source) > contract.MaxSourceBytes:
		return "", &refusal{
			reason: v1alpha1.ReasonSourceTooLarge,
			message: fmt.Sprintf("key %q of ConfigMap %q has %d bytes, a strategy has at most %d",
				ref.Key, ref.Name, len(source), contract.MaxSourceBytes),
		}, nil
	default:
		return source, nil, nil
	}
}
