// Package functional answers whether the sandbox does what it promises. The suite is data: runs of embedded Python
// sources, and tests that judge what became of them. It is pure: it reads no cluster and no clock; whoever executes the
// runs hands in what was seen.
package functional

import (
	"crypto/sha256"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/outcome"
)

//go:generate go run ./gendocs ../../docs/benchmark.md

// MaxRunName is how long the name of a run may be, so that a benchmark's name of 40 characters, "-f-", the name and a
// suffix of three for the repetition make a StrategyRun's name.
const MaxRunName = 14

// Run is one StrategyRun of the suite. Each is executed with mode Sandbox and never falls back.
type Run struct {
	// Name is unique in the suite: what the StrategyRun's name ends with.
	Name string
	// Source is the strategy's code.
	Source string
	// Limits is what the run needs other than the defaults.
	Limits v1alpha1.Limits
	// Verdict is what the run ends with where the sandbox does what it promises.
	Verdict v1alpha1.Verdict
}

// Observation is what was seen of one run that has ended and whose Pod is gone.
type Observation struct {
	// Status of the StrategyRun after its verdict.
	Status v1alpha1.StrategyRunStatus
	// EndMillis is the time from the verdict until the Pod was gone; nil if there was no Pod or nobody saw it go.
	EndMillis *int64
}

// Test is one promise of the sandbox.
type Test struct {
	// Name is unique in the suite.
	Name string
	// Promise says in a sentence what is expected.
	Promise string
	// Runs are the names of the runs that are judged, in order.
	Runs  []string
	judge judgement
}

// Suite returns the tests in the order in which they can be judged.
func Suite() []Test { return append([]Test(nil), suite...) }

// Batches returns the runs in the order in which they are to be executed: those of one batch are submitted at once, and
// the next batch when all Pods of the one before are gone.
func Batches() [][]Run {
	copied := make([][]Run, 0, len(batches))
	for _, batch := range batches {
		copied = append(copied, append([]Run(nil), batch...))
	}
	return copied
}

// Judge says how a test ended, and in a sentence what was seen and what was expected where that differs. The outcome is
// Pending and the sentence empty while one of the test's runs has not been seen, and Disturbed where what differs says
// nothing of the sandbox.
func Judge(test Test, observations map[string]Observation) (outcome v1alpha1.FunctionalOutcome, message string) {
	return test.outcome(observations)
}

// Repeat reports whether a run is to be repeated before it is judged: the infrastructure failed, somebody interfered, or
// nobody saw the Pod go. Once is enough. A run that was not accepted would not be accepted a second time.
func Repeat(o Observation) bool {
	verdict := o.verdict()
	return verdict != v1alpha1.VerdictNotAccepted &&
		(o.EndMillis == nil || saysNothing(verdict) || outcome.BlameOf(verdict) == outcome.BlameInfrastructure)
}

// saysNothing reports whether a run that ended so says nothing of the sandbox: it was not executed to its end for a reason
// that would have ended any other Pod. A node that cannot have the sandbox is a finding.
func saysNothing(verdict v1alpha1.Verdict) bool {
	switch verdict {
	case "", v1alpha1.VerdictNotAccepted, v1alpha1.VerdictCancelled:
		return true
	case v1alpha1.VerdictSandboxUnsupported, v1alpha1.VerdictSeccompProfileMissing:
		return false
	default:
		return outcome.BlameOf(verdict) == outcome.BlameInfrastructure
	}
}

// probes are the digests of the sources that the gate would refuse.
var probes = func() map[[sha256.Size]byte]bool {
	known := map[[sha256.Size]byte]bool{}
	for _, source := range hostile {
		known[sha256.Sum256([]byte(source))] = true
	}
	return known
}()

// IsProbe reports whether a source is, byte for byte, one of the suite's own that the gate would refuse. Such a source
// tests the walls, so a sandboxed run of it is let past the gate.
func IsProbe(source string) bool { return probes[sha256.Sum256([]byte(source))] }
