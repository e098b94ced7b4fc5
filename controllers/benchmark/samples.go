package benchmark

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
)

func samplesName(bench *v1alpha1.Benchmark) string { return bench.Name + "-samples" }

// foreignSamples refuses a ConfigMap that is somebody else's. One of an earlier benchmark of this name is about to go with
// it, which is worth waiting for.
func foreignSamples(configMap *corev1.ConfigMap, bench *v1alpha1.Benchmark) (*refusal, error) {
	switch {
	case controlledBy(configMap, bench.UID):
		return nil, nil
	case ofBenchmarkNamed(configMap, bench.Name):
		return nil, fmt.Errorf("ConfigMap %s of an earlier benchmark of this name is not gone yet", configMap.Name)
	default:
		return &refusal{
			reason:  v1alpha1.ReasonNameTaken,
			message: fmt.Sprintf("there is a ConfigMap %s that is not this benchmark's; give the benchmark another name", configMap.Name),
		}, nil
	}
}

// count adds a pair to the samples unless it is there already, and says in the status what all of them tell.
func (r *Reconciler) count(ctx context.Context, s *scope, pair overhead.Pair) error {
	configMap, samples, refused, err := r.samples(ctx, s)
	if err != nil {
		return err
	}
	if refused != nil {
		s.finish(refused.reason, refused.message)
		return nil
	}
	if int(pair.Index) == len(samples.Pairs) {
		samples.Pairs = append(samples.Pairs, pair)
		if refused, err = r.save(ctx, s, configMap, samples); err != nil {
			return err
		}
		if refused != nil {
			s.finish(refused.reason, refused.message)
			return nil
		}
	}
	excluded := samples.Pairs[pair.Index].Excluded != nil
	s.counted = &excluded
	r.characterise(ctx, s, samples.Pairs)
	return r.assess(ctx, s, samples.Pairs)
}

// recount says once more what the samples tell.
func (r *Reconciler) recount(ctx context.Context, s *scope) error {
	_, samples, refused, err := r.samples(ctx, s)
	if err != nil {
		return err
	}
	if refused != nil {
		s.finish(refused.reason, refused.message)
		return nil
	}
	return r.assess(ctx, s, samples.Pairs)
}

// samples reads what has been measured so far. The ConfigMap is nil before the first pair.
func (r *Reconciler) samples(ctx context.Context, s *scope) (*corev1.ConfigMap, *overhead.Samples, *refusal, error) {
	configMap := &corev1.ConfigMap{}
	name := samplesName(s.bench)
	err := r.APIReader.Get(ctx, s.inNamespace(name), configMap)
	if apierrors.IsNotFound(err) {
		if s.completed() > 0 {
			return nil, nil, lost(s, fmt.Sprintf("ConfigMap %s is gone", name)), nil
		}
		return nil, &overhead.Samples{
			Version: overhead.SamplesVersion, Benchmark: s.bench.Name, Seed: ptr.Deref(s.bench.Status.Seed, 0),
		}, nil, nil
	}
	if err != nil {
		return nil, nil, nil, fmt.Errorf("read ConfigMap %s: %w", name, err)
	}
	if refused, err := foreignSamples(configMap, s.bench); refused != nil || err != nil {
		return nil, nil, refused, err
	}
	samples, err := overhead.Decode(configMap.Data, configMap.BinaryData)
	if err != nil {
		return nil, nil, lost(s, fmt.Sprintf("ConfigMap %s cannot be read: %v", name, err)), nil
	}
	if what := strange(s, samples); what != "" {
		return nil, nil, lost(s, fmt.Sprintf("ConfigMap %s holds %s", name, what)), nil
	}
	return configMap, samples, nil, nil
}

// strange says what samples hold that this benchmark has not written, empty if it can have written them. A manager that
// died may have added one pair that the status does not count.
func strange(s *scope, samples *overhead.Samples) string {
	number, completed := len(samples.Pairs), int(s.completed())
	if number < completed || number > completed+1 {
		return fmt.Sprintf("%d pairs", number)
	}
	if seed := ptr.Deref(s.bench.Status.Seed, 0); samples.Benchmark != s.bench.Name || samples.Seed != seed {
		return fmt.Sprintf("samples of benchmark %q and seed %d", samples.Benchmark, samples.Seed)
	}
	for i := range samples.Pairs {
		pair, plan := &samples.Pairs[i], planOf(s.bench, int32(i))
		if pair.Index != plan.index || pair.Strategy != plan.strategy.Name || pair.SandboxFirst != plan.sandboxFirst ||
			pair.Sandbox.Run != plan.sandbox || pair.Baseline.Run != plan.baseline {
			return fmt.Sprintf("another pair %d than was planned", i)
		}
	}
	return ""
}

func lost(s *scope, what string) *refusal {
	return &refusal{
		reason:  v1alpha1.ReasonSamplesLost,
		message: fmt.Sprintf("%s, although %d pairs were completed: somebody changed it; create another Benchmark", what, s.completed()),
	}
}

// save writes the samples under the resource version that was read. If somebody wrote in between it is an error, and the
// pair is counted again from what is there then.
func (r *Reconciler) save(ctx context.Context, s *scope, configMap *corev1.ConfigMap, samples *overhead.Samples) (*refusal, error) {
	data, binaryData, err := overhead.Encode(samples)
	if err != nil {
		return nil, fmt.Errorf("write samples: %w", err)
	}
	if configMap != nil {
		configMap.Data, configMap.BinaryData = data, binaryData
		err = r.Client.Update(ctx, configMap)
	} else {
		configMap = &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{
				Namespace: s.bench.Namespace, Name: samplesName(s.bench),
				OwnerReferences: []metav1.OwnerReference{ownerOf(s.bench)},
				Labels:          map[string]string{v1alpha1.LabelBenchmark: s.bench.Name},
			},
			Data: data, BinaryData: binaryData,
		}
		err = r.Client.Create(ctx, configMap)
	}
	switch {
	case apierrors.IsForbidden(err), apierrors.IsInvalid(err), apierrors.IsRequestEntityTooLargeError(err):
		return lost(s, fmt.Sprintf("ConfigMap %s cannot be written: %v", samplesName(s.bench), err)), nil
	case err != nil:
		return nil, fmt.Errorf("write ConfigMap %s: %w", samplesName(s.bench), err)
	}
	return nil, nil
}
