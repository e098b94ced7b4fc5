package client

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"maps"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// Strategy is what to evaluate.
type Strategy struct {
	// ID is the caller's own name for the strategy, up to 253 characters. It is kept in the run, in Events and in logs.
	ID string
	// Source is the Python code, at most 128 KiB.
	Source string
	// Parameters replace those of Options.Spec, if there are any. The strategy reads them as params.
	Parameters map[string]string
	// Name is the name of the StrategyRun, at most 60 characters. Left empty it is made of the ID and a digest of all that
	// is evaluated: the same strategy is the same run then, and a changed one is another.
	Name string
}

// Options are what the runs of an Evaluator have in common.
type Options struct {
	// Namespace is where the runs are created. Left empty it is DefaultNamespace.
	Namespace string
	// Spec holds everything but the strategy: dataset (required), mode, limits, fallback, ttlSecondsAfterFinished.
	Spec v1alpha1.StrategyRunSpec
	// Labels are put on every run.
	Labels map[string]string
	// DeleteAfter deletes every run as soon as its verdict was read, instead of leaving it to its TTL.
	// Evaluating the same strategy again then executes it again.
	DeleteAfter bool
	// Logger is told of fallbacks, and of an API server that does not answer. Left empty it is slog.Default().
	Logger *slog.Logger
}

// DefaultNamespace is the namespace for runs that an installation comes with.
const DefaultNamespace = "stratbox-runs"

const (
	// digestLength is the number of characters of the digest in a name, at four bits each.
	digestLength = 10
	// maxStem is what remains of the 60 characters of a name.
	maxStem = 60 - digestLength - len("-")
)

// runFor is the StrategyRun of a strategy.
func (o Options) runFor(strategy Strategy) *v1alpha1.StrategyRun {
	spec := *o.Spec.DeepCopy()
	spec.StrategyID = strategy.ID
	if strategy.Source != "" {
		spec.Source = v1alpha1.StrategySource{Inline: strategy.Source}
	}
	if strategy.Parameters != nil {
		spec.Parameters = maps.Clone(strategy.Parameters)
	}
	name := strategy.Name
	if name == "" {
		name = nameOf(spec)
	}
	return &v1alpha1.StrategyRun{
		ObjectMeta: metav1.ObjectMeta{Namespace: o.Namespace, Name: name, Labels: maps.Clone(o.Labels)},
		Spec:       spec,
	}
}

// nameOf is a name that says which strategy it is to people and is the same for the same spec alone.
func nameOf(spec v1alpha1.StrategyRunSpec) string {
	content, err := json.Marshal(immutable(spec))
	if err != nil {
		// Strings, numbers and quantities: there is nothing in a spec that JSON could not hold.
		panic(err)
	}
	digest := sha256.Sum256(content)
	return stem(spec.StrategyID) + "-" + hex.EncodeToString(digest[:])[:digestLength]
}

// stem is as much of an ID as the name of an object can hold.
func stem(id string) string {
	words := strings.FieldsFunc(strings.ToLower(id), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	joined := strings.Join(words, "-")
	joined = strings.TrimRight(joined[:min(len(joined), maxStem)], "-")
	if joined == "" {
		return "strategy"
	}
	return joined
}

// immutable is the part of a spec that makes it what it is, as the API server would complete it.
func immutable(spec v1alpha1.StrategyRunSpec) v1alpha1.StrategyRunSpec {
	if spec.Mode == "" {
		spec.Mode = v1alpha1.ModeAuto
	}
	spec.Suspend, spec.Cancel, spec.TTLSecondsAfterFinished = nil, nil, nil
	return spec
}
