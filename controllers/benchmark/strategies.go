package benchmark

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
)

const (
	// maxStrategies is the API's bound on spec.strategies, and so on what a selector selects.
	maxStrategies = 16
	// maxStrategyName is the API's bound on the name of a strategy in the status.
	maxStrategyName = 253
	// strategySuffix is what a key of a selected ConfigMap ends in if it is a strategy.
	strategySuffix = ".py"
)

// refusal says why a benchmark cannot be executed, and what to do about it.
type refusal struct {
	reason  string
	message string
}

// candidate is a strategy by name, wherever its code is.
type candidate struct {
	name   string
	source v1alpha1.StrategySource
}

// resolved is a strategy with its code.
type resolved struct {
	name string
	code string
}

func (s resolved) digest() string { return digestOf(s.code) }

func digestOf(code string) string {
	sum := sha256.Sum256([]byte(code))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// resolve reads the code of every strategy.
func (r *Reconciler) resolve(ctx context.Context, bench *v1alpha1.Benchmark) ([]resolved, *refusal, error) {
	candidates, refused, err := r.candidates(ctx, bench)
	if err != nil || refused != nil {
		return nil, refused, err
	}
	if len(candidates) > maxStrategies {
		return nil, &refusal{
			reason:  v1alpha1.ReasonTooManyStrategies,
			message: fmt.Sprintf("spec.strategySelector selects %d strategies, a benchmark has at most %d", len(candidates), maxStrategies),
		}, nil
	}
	var all []resolved
	for _, candidate := range candidates {
		code, refused, err := r.read(ctx, bench.Namespace, candidate)
		if err != nil || refused != nil {
			return nil, refused, err
		}
		all = append(all, resolved{name: candidate.name, code: code})
	}
	return all, nil, nil
}

// unchanged reads the code of one strategy that was resolved when the benchmark started. Code that has changed since
// cannot be measured any more; what else is selected by now does not matter.
func (r *Reconciler) unchanged(ctx context.Context, s *scope, strategy v1alpha1.ResolvedStrategy) (string, *refusal, error) {
	candidates, refused, err := r.candidates(ctx, s.bench)
	if err != nil {
		return "", nil, err
	}
	changed := &refusal{
		reason:  v1alpha1.ReasonStrategyChanged,
		message: fmt.Sprintf("the code of strategy %q is not what it was when the benchmark started; create another Benchmark", strategy.Name),
	}
	i := slices.IndexFunc(candidates, func(c candidate) bool { return c.name == strategy.Name })
	if refused != nil || i < 0 {
		return "", changed, nil
	}
	code, refused, err := r.read(ctx, s.bench.Namespace, candidates[i])
	switch {
	case err != nil:
		return "", nil, err
	case refused != nil || resolved{code: code}.digest() != strategy.Digest:
		return "", changed, nil
	default:
		return code, nil, nil
	}
}

// candidates lists the strategies in order, those of a selector by ConfigMap and key.
func (r *Reconciler) candidates(ctx context.Context, bench *v1alpha1.Benchmark) ([]candidate, *refusal, error) {
	if bench.Spec.StrategySelector == nil {
		var all []candidate
		for _, strategy := range bench.Spec.Strategies {
			all = append(all, candidate{name: strategy.Name, source: strategy.Source})
		}
		return all, nil, nil
	}
	selector, err := metav1.LabelSelectorAsSelector(bench.Spec.StrategySelector)
	if err != nil {
		return nil, &refusal{
			reason:  v1alpha1.ReasonNoStrategies,
			message: fmt.Sprintf("spec.strategySelector selects nothing: %v", err),
		}, nil
	}
	list := &corev1.ConfigMapList{}
	if err := r.APIReader.List(ctx, list, client.InNamespace(bench.Namespace), client.MatchingLabelsSelector{Selector: selector}); err != nil {
		return nil, nil, fmt.Errorf("list ConfigMaps of strategies: %w", err)
	}
	all := selected(list.Items)
	if len(all) == 0 {
		return nil, &refusal{
			reason: v1alpha1.ReasonNoStrategies,
			message: fmt.Sprintf("spec.strategySelector selects %d ConfigMaps in namespace %s and no key that ends in %s; "+
				"label the ConfigMaps that hold strategies", len(list.Items), bench.Namespace, strategySuffix),
		}, nil
	}
	return all, nil, nil
}

// selected are the strategies in some ConfigMaps.
func selected(configMaps []corev1.ConfigMap) []candidate {
	slices.SortFunc(configMaps, func(a, b corev1.ConfigMap) int { return strings.Compare(a.Name, b.Name) })
	var all []candidate
	for _, configMap := range configMaps {
		for _, key := range slices.Sorted(maps.Keys(configMap.Data)) {
			if strings.HasSuffix(key, strategySuffix) {
				name := strategyName(configMap.Name + "/" + key)
				all = append(all, candidate{name: name, source: v1alpha1.StrategySource{Inline: configMap.Data[key]}})
			}
		}
	}
	return all
}

// strategyName shortens a name that the status has no room for, so that two of them remain two.
func strategyName(full string) string {
	if len(full) <= maxStrategyName {
		return full
	}
	sum := sha256.Sum256([]byte(full))
	digest := hex.EncodeToString(sum[:])[:12]
	return full[:maxStrategyName-len(digest)-1] + "-" + digest
}

// read returns the code of a strategy, a ConfigMap's from the API server: the manager keeps no cache of other people's.
func (r *Reconciler) read(ctx context.Context, namespace string, strategy candidate) (string, *refusal, error) {
	code, where := strategy.source.Inline, fmt.Sprintf("strategy %q", strategy.name)
	if ref := strategy.source.ConfigMapKeyRef; ref != nil {
		where = fmt.Sprintf("key %q of ConfigMap %q", ref.Key, ref.Name)
		configMap := &corev1.ConfigMap{}
		err := r.APIReader.Get(ctx, client.ObjectKey{Namespace: namespace, Name: ref.Name}, configMap)
		if apierrors.IsNotFound(err) {
			return "", &refusal{
				reason: v1alpha1.ReasonSourceNotFound,
				message: fmt.Sprintf("strategy %q is to be read from ConfigMap %q, which namespace %s does not have; create it before the benchmark",
					strategy.name, ref.Name, namespace),
			}, nil
		}
		if err != nil {
			return "", nil, fmt.Errorf("read ConfigMap %s: %w", ref.Name, err)
		}
		code = configMap.Data[ref.Key]
	}
	switch {
	case code == "":
		return "", &refusal{
			reason:  v1alpha1.ReasonSourceNotFound,
			message: fmt.Sprintf("there is no code under %s; put strategy %q there, below data", where, strategy.name),
		}, nil
	case len(code) > contract.MaxSourceBytes:
		return "", &refusal{
			reason:  v1alpha1.ReasonSourceTooLarge,
			message: fmt.Sprintf("%s has %d bytes, a strategy has at most %d", where, len(code), contract.MaxSourceBytes),
		}, nil
	default:
		return code, nil, nil
	}
}
