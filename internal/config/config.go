// Package config says how this installation of Stratbox is set up: the content of learning_system.yaml as types,
// its defaults in one place, and its bounds. It decodes text; it does not know where the text comes from.
package config

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
)

// FileName is the key of the configuration in its ConfigMap.
const FileName = "learning_system.yaml"

// Config is learning_system.yaml.
type Config struct {
	Sandbox     Sandbox     `json:"sandbox"`
	Gate        Gate        `json:"gate"`
	Executor    Executor    `json:"executor"`
	Concurrency Concurrency `json:"concurrency"`
	// Datasets by the name that spec.dataset uses.
	Datasets map[string]Dataset `json:"datasets"`
	Images   Images             `json:"images"`
	TTL      TTL                `json:"ttl"`
}

// Sandbox says how runs are executed in Pods of their own.
type Sandbox struct {
	// Enabled says what mode Auto means: Sandbox when true, ASTOnly when false.
	Enabled bool `json:"enabled"`
	// Limits are those of a run that leaves them out.
	Limits Limits `json:"limits"`
	// CPURequest is what a run Pod asks the scheduler for; nil means as much as its limit. Less lets more runs share a
	// node than it has cores, at the price of each other's time. It never exceeds the limit.
	CPURequest *resource.Quantity `json:"cpuRequest"`
	// Fallback is the policy of a run that leaves it out.
	Fallback Fallback `json:"fallback"`
	// Seccomp names the profile that run Pods start behind.
	Seccomp Seccomp `json:"seccomp"`
	// AllowPartialDetection lets strategies run although their Pod's profile hides some denied calls from the record.
	AllowPartialDetection bool `json:"allowPartialDetection"`
	// RuntimeClassName of run Pods; empty for the cluster's default runtime.
	RuntimeClassName string `json:"runtimeClassName"`
	// UserNamespaces runs Pods with hostUsers: false, where nodes support it.
	UserNamespaces bool `json:"userNamespaces"`
	// NodeSelector and Tolerations place run Pods on nodes that are kept for them.
	NodeSelector map[string]string   `json:"nodeSelector"`
	Tolerations  []corev1.Toleration `json:"tolerations"`
}

// Limits bound what one run may use; all of them are set.
type Limits struct {
	Memory               resource.Quantity `json:"memory"`
	CPU                  resource.Quantity `json:"cpu"`
	DeadlineSeconds      int32             `json:"deadlineSeconds"`
	CPUTimeSeconds       int32             `json:"cpuTimeSeconds"`
	EphemeralStorage     resource.Quantity `json:"ephemeralStorage"`
	StartDeadlineSeconds int32             `json:"startDeadlineSeconds"`
}

// Seccomp is wall 1. Localhost is Stratbox's own profile, which the installer keeps on every node. RuntimeDefault needs no
// installer, but denies some calls before wall 2 hears of them: AllowPartialDetection must be set as well.
type Seccomp struct {
	Type corev1.SeccompProfileType `json:"type"`
}

// Fallback says which ends of a sandboxed attempt are followed by an AST-only attempt.
type Fallback struct {
	Policy v1alpha1.FallbackPolicy `json:"policy"`
}

// Gate says what a finding of the gate does.
type Gate struct {
	Mode contract.GateMode `json:"mode"`
}

// Executor says how long AST-only attempts wait for the executor.
type Executor struct {
	// PatienceSeconds is how long an executor may be silent before an attempt is given up.
	PatienceSeconds int32 `json:"patienceSeconds"`
	// QueueSeconds is how long an attempt may wait for its turn at an executor that answers.
	QueueSeconds int32 `json:"queueSeconds"`
}

// Concurrency bounds what runs at one time.
type Concurrency struct {
	// MaxConcurrentRuns is how many runs of all namespaces are under way at one time; the others are queued.
	MaxConcurrentRuns int32 `json:"maxConcurrentRuns"`
}

// Dataset says where a dataset is: exactly one of its members is set.
type Dataset struct {
	// PersistentVolumeClaim in the namespace of the run.
	PersistentVolumeClaim *ClaimSource `json:"persistentVolumeClaim,omitempty"`
	// Image whose root is the dataset; needs Kubernetes with image volumes.
	Image *ImageSource `json:"image,omitempty"`
}

// ClaimSource names a PersistentVolumeClaim.
type ClaimSource struct {
	ClaimName string `json:"claimName"`
}

// ImageSource names an image.
type ImageSource struct {
	Reference  string            `json:"reference"`
	PullPolicy corev1.PullPolicy `json:"pullPolicy,omitempty"`
}

// Images names the images that run Pods use.
type Images struct {
	Runner string `json:"runner"`
}

// TTL says how long finished runs are kept.
type TTL struct {
	// SecondsAfterFinished of a run that leaves it out; 0 deletes a run as soon as it has ended.
	SecondsAfterFinished int32 `json:"secondsAfterFinished"`
}

// Default is the configuration of an installation that sets nothing.
func Default() Config {
	return Config{
		Sandbox: Sandbox{
			Enabled: true,
			Limits: Limits{
				Memory:               resource.MustParse("2Gi"),
				CPU:                  resource.MustParse("1"),
				DeadlineSeconds:      300,
				CPUTimeSeconds:       300,
				EphemeralStorage:     resource.MustParse("1Gi"),
				StartDeadlineSeconds: 60,
			},
			Fallback: Fallback{Policy: v1alpha1.FallbackSandboxFailure},
			Seccomp:  Seccomp{Type: corev1.SeccompProfileTypeLocalhost},
		},
		Gate:        Gate{Mode: contract.GateEnforce},
		Executor:    Executor{PatienceSeconds: 60, QueueSeconds: 3600},
		Concurrency: Concurrency{MaxConcurrentRuns: 5},
		Images:      Images{Runner: "stratbox.dev/runner:dev"},
		TTL:         TTL{SecondsAfterFinished: 3600},
	}
}

// ModeFor says how a run with the given spec.mode is to be executed.
func (c Config) ModeFor(requested v1alpha1.Mode) v1alpha1.Mode {
	switch {
	case requested == v1alpha1.ModeSandbox || requested == v1alpha1.ModeASTOnly:
		return requested
	case c.Sandbox.Enabled:
		return v1alpha1.ModeSandbox
	default:
		return v1alpha1.ModeASTOnly
	}
}

// LimitsFor fills what a run leaves out with this installation's defaults.
func (c Config) LimitsFor(requested v1alpha1.Limits) Limits {
	limits := c.Sandbox.Limits
	override(&limits.Memory, requested.Memory)
	override(&limits.CPU, requested.CPU)
	override(&limits.EphemeralStorage, requested.EphemeralStorage)
	override(&limits.DeadlineSeconds, requested.DeadlineSeconds)
	override(&limits.CPUTimeSeconds, requested.CPUTimeSeconds)
	override(&limits.StartDeadlineSeconds, requested.StartDeadlineSeconds)
	return limits
}

func override[T any](value *T, requested *T) {
	if requested != nil {
		*value = *requested
	}
}

// FallbackFor says what policy a run has.
func (c Config) FallbackFor(requested v1alpha1.FallbackPolicy) v1alpha1.FallbackPolicy {
	if requested != "" {
		return requested
	}
	return c.Sandbox.Fallback.Policy
}

// TTLFor says how many seconds a finished run is kept.
func (c Config) TTLFor(requested *int32) int32 {
	if requested != nil {
		return *requested
	}
	return c.TTL.SecondsAfterFinished
}

// DatasetNames lists the datasets in order, for messages.
func (c Config) DatasetNames() string {
	if len(c.Datasets) == 0 {
		return "none"
	}
	return strings.Join(slices.Sorted(maps.Keys(c.Datasets)), ", ")
}
