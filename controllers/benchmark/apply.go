package benchmark

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/config"
)

// editTries is how often the configuration is read and edited anew because somebody else wrote it in between. After that
// the controller waits before it tries again.
const editTries = 5

// apply sets sandbox.enabled as a conclusive decision says, if the benchmark asks for that. What no retry can mend is said
// in the status.
func (r *Reconciler) apply(ctx context.Context, s *scope) error {
	if s.bench.Spec.ApplyDecision != v1alpha1.ApplyDecisionApply {
		s.notApplied("")
		return nil
	}
	enabled := s.bench.Status.Decision == v1alpha1.DecisionEnableByDefault
	var err error
	for range editTries {
		if err = r.editConfiguration(ctx, s, enabled); !apierrors.IsConflict(err) {
			break
		}
	}
	switch {
	case err == nil:
		s.condition(v1alpha1.ConditionApplied, metav1.ConditionTrue, v1alpha1.ReasonApplied,
			fmt.Sprintf("sandbox.enabled is set to %t in %s of ConfigMap %s; %s beside it says why", enabled, config.FileName, r.ConfigMap, config.StatusFileName))
		return nil
	case isHopeless(err):
		s.condition(v1alpha1.ConditionApplied, metav1.ConditionFalse, v1alpha1.ReasonApplyFailed,
			fmt.Sprintf("set sandbox.enabled to %t in ConfigMap %s by hand: %v", enabled, r.ConfigMap, err))
		return nil
	default:
		return fmt.Errorf("apply the decision: %w", err)
	}
}

// uneditable is a configuration that cannot be changed as it stands.
type uneditable struct{ why error }

func (e uneditable) Error() string { return e.why.Error() }

// isHopeless reports whether applying a decision will fail again however often it is tried.
func isHopeless(err error) bool {
	return errors.As(err, &uneditable{}) || apierrors.IsNotFound(err) || apierrors.IsForbidden(err) || apierrors.IsInvalid(err)
}

// editConfiguration reads the configuration, changes the one value and writes it under the resource version that was read.
func (r *Reconciler) editConfiguration(ctx context.Context, s *scope, enabled bool) error {
	configMap := &corev1.ConfigMap{}
	if err := r.APIReader.Get(ctx, r.ConfigMap, configMap); err != nil {
		return err
	}
	if configMap.Annotations[v1alpha1.AnnotationDecidedBy] == string(s.bench.UID) {
		// A manager before this one wrote it and could not say so. What somebody changed since is theirs.
		return nil
	}
	text, err := config.SetSandboxEnabled([]byte(configMap.Data[config.FileName]), enabled)
	if err != nil {
		return uneditable{why: err}
	}
	if configMap.Data == nil {
		configMap.Data = map[string]string{}
	}
	configMap.Data[config.FileName] = string(text)
	configMap.Data[config.StatusFileName] = config.StatusNote(config.Applied{
		Benchmark: s.bench, Enabled: enabled, At: s.now, Namespace: r.ConfigMap.Namespace, ConfigMap: r.ConfigMap.Name,
	})
	if configMap.Annotations == nil {
		configMap.Annotations = map[string]string{}
	}
	configMap.Annotations[v1alpha1.AnnotationDecidedBy] = string(s.bench.UID)
	return r.Client.Update(ctx, configMap)
}
