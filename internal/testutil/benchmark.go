package testutil

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// BenchmarkBuilder builds a Benchmark.
type BenchmarkBuilder struct{ bench *v1alpha1.Benchmark }

// MakeBenchmark starts with a valid benchmark of Code on the dataset tw-daily: 20 pairs, no warm-up, no functional suite.
func MakeBenchmark(namespace, name string) *BenchmarkBuilder {
	return &BenchmarkBuilder{bench: &v1alpha1.Benchmark{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec: v1alpha1.BenchmarkSpec{
			Dataset:         "tw-daily",
			Strategies:      []v1alpha1.BenchmarkStrategy{{Name: "honest", Source: v1alpha1.StrategySource{Inline: Code}}},
			Warmup:          ptr.To(int32(0)),
			Seed:            ptr.To(int64(7)),
			FunctionalSuite: v1alpha1.FunctionalSuiteDisabled,
		},
	}}
}

// With changes the spec.
func (b *BenchmarkBuilder) With(change func(*v1alpha1.BenchmarkSpec)) *BenchmarkBuilder {
	change(&b.bench.Spec)
	return b
}

// Iterations is the number of pairs.
func (b *BenchmarkBuilder) Iterations(pairs int32) *BenchmarkBuilder {
	b.bench.Spec.Iterations = &pairs
	return b
}

// Suite has the functional tests executed.
func (b *BenchmarkBuilder) Suite() *BenchmarkBuilder {
	b.bench.Spec.FunctionalSuite = v1alpha1.FunctionalSuiteEnabled
	return b
}

// Applied has a conclusive decision applied, which needs the functional tests.
func (b *BenchmarkBuilder) Applied() *BenchmarkBuilder {
	b.bench.Spec.ApplyDecision = v1alpha1.ApplyDecisionApply
	return b.Suite()
}

// Obj returns the benchmark.
func (b *BenchmarkBuilder) Obj() *v1alpha1.Benchmark { return b.bench.DeepCopy() }
