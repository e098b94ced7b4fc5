// Package testutil builds the objects that tests speak about. Each builder starts from something valid, so that
// a test names only what it is about.
package testutil

import (
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// Code is a strategy that nobody could object to.
const Code = "def strategy(data):\n    return data.get('price:收盤價') > 100\n"

// RunBuilder builds a StrategyRun.
type RunBuilder struct{ run *v1alpha1.StrategyRun }

// MakeRun starts with a valid run of Code on the dataset tw-daily.
func MakeRun(namespace, name string) *RunBuilder {
	return &RunBuilder{run: &v1alpha1.StrategyRun{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec: v1alpha1.StrategyRunSpec{
			Dataset: "tw-daily",
			Source:  v1alpha1.StrategySource{Inline: Code},
		},
	}}
}

// UID sets what the API server would.
func (b *RunBuilder) UID(uid types.UID) *RunBuilder {
	b.run.UID = uid
	return b
}

// StrategyID names the strategy.
func (b *RunBuilder) StrategyID(id string) *RunBuilder {
	b.run.Spec.StrategyID = id
	return b
}

// Mode asks for a mode.
func (b *RunBuilder) Mode(mode v1alpha1.Mode) *RunBuilder {
	b.run.Spec.Mode = mode
	return b
}

// Dataset names the dataset.
func (b *RunBuilder) Dataset(name string) *RunBuilder {
	b.run.Spec.Dataset = name
	return b
}

// ConfigMap takes the code from a key of a ConfigMap.
func (b *RunBuilder) ConfigMap(name, key string) *RunBuilder {
	b.run.Spec.Source = v1alpha1.StrategySource{ConfigMapKeyRef: &v1alpha1.ConfigMapKeyReference{Name: name, Key: key}}
	return b
}

// Parameter adds a parameter.
func (b *RunBuilder) Parameter(name, value string) *RunBuilder {
	if b.run.Spec.Parameters == nil {
		b.run.Spec.Parameters = map[string]string{}
	}
	b.run.Spec.Parameters[name] = value
	return b
}

// Memory sets the limit of memory.
func (b *RunBuilder) Memory(quantity string) *RunBuilder {
	b.run.Spec.Limits.Memory = ptr.To(resource.MustParse(quantity))
	return b
}

// CPU sets the limit of CPU.
func (b *RunBuilder) CPU(quantity string) *RunBuilder {
	b.run.Spec.Limits.CPU = ptr.To(resource.MustParse(quantity))
	return b
}

// Deadline sets the deadline of the strategy's code in seconds.
func (b *RunBuilder) Deadline(seconds int32) *RunBuilder {
	b.run.Spec.Limits.DeadlineSeconds = ptr.To(seconds)
	return b
}

// StartDeadline sets how many seconds the Pod may take to run.
func (b *RunBuilder) StartDeadline(seconds int32) *RunBuilder {
	b.run.Spec.Limits.StartDeadlineSeconds = ptr.To(seconds)
	return b
}

// Fallback sets the policy.
func (b *RunBuilder) Fallback(policy v1alpha1.FallbackPolicy) *RunBuilder {
	b.run.Spec.Fallback.Policy = policy
	return b
}

// TTL sets how many seconds the finished run is kept.
func (b *RunBuilder) TTL(seconds int32) *RunBuilder {
	b.run.Spec.TTLSecondsAfterFinished = ptr.To(seconds)
	return b
}

// Suspended sets spec.suspend.
func (b *RunBuilder) Suspended() *RunBuilder {
	b.run.Spec.Suspend = ptr.To(true)
	return b
}

// Obj returns the run.
func (b *RunBuilder) Obj() *v1alpha1.StrategyRun { return b.run.DeepCopy() }
