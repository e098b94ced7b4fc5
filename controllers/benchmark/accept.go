package benchmark

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// accept ends a benchmark that refers to something that does not exist. It is asked until the benchmark starts: what it
// refers to can come and go while it waits its turn.
func (r *Reconciler) accept(ctx context.Context, s *scope) (bool, error) {
	if started(s.bench) {
		return false, nil
	}
	refused := r.datasetRefusal(s)
	if refused == nil {
		var err error
		if s.strategies, refused, err = r.resolve(ctx, s.bench); err != nil {
			return false, err
		}
	}
	if refused == nil {
		var err error
		if refused, err = r.samplesRefusal(ctx, s); err != nil {
			return false, err
		}
	}
	if refused != nil {
		s.finish(refused.reason, refused.message)
		return true, nil
	}
	return false, nil
}

func (r *Reconciler) datasetRefusal(s *scope) *refusal {
	current := r.Config()
	if _, found := current.Datasets[s.bench.Spec.Dataset]; found {
		return nil
	}
	return &refusal{
		reason: v1alpha1.ReasonDatasetNotFound,
		message: fmt.Sprintf("the operator's configuration has no dataset %q; use one of: %s",
			s.bench.Spec.Dataset, current.DatasetNames()),
	}
}

// samplesRefusal tells early that there is no room for the samples.
func (r *Reconciler) samplesRefusal(ctx context.Context, s *scope) (*refusal, error) {
	configMap := &corev1.ConfigMap{}
	err := r.APIReader.Get(ctx, s.inNamespace(samplesName(s.bench)), configMap)
	switch {
	case apierrors.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read ConfigMap %s: %w", samplesName(s.bench), err)
	default:
		return foreignSamples(configMap, s.bench)
	}
}
