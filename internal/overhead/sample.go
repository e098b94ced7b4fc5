// Package overhead answers what the sandbox costs: from the measured pairs of a benchmark it computes the overhead with
// its interval, and from those the decision. It is pure: the same samples give the same answer.
package overhead

import (
	"time"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// SamplesVersion is the version of the format of Samples.
const SamplesVersion = 1

// Samples are all raw samples of one benchmark, as its ConfigMap holds them.
type Samples struct {
	Version   int    `json:"version"`
	Benchmark string `json:"benchmark"`
	Seed      int64  `json:"seed"`
	// Pairs are the measured ones in order; warm-up pairs are not among them.
	Pairs []Pair `json:"pairs"`
}

// Pair is the same strategy executed twice, back to back.
type Pair struct {
	// Index numbers the measured pairs from 0.
	Index    int32  `json:"pair"`
	Strategy string `json:"strategy"`
	// SandboxFirst says which half was executed first.
	SandboxFirst bool `json:"sandboxFirst"`
	Sandbox      Half `json:"sandbox"`
	Baseline     Half `json:"baseline"`
	// Excluded is set when the pair does not count.
	Excluded *v1alpha1.Exclusion `json:"excluded,omitempty"`
}

// Half is what one run of a pair cost.
type Half struct {
	Run     string           `json:"run"`
	Mode    v1alpha1.Mode    `json:"mode"`
	Verdict v1alpha1.Verdict `json:"verdict"`
	// Dataset is the digest of the dataset that the run read.
	Dataset string `json:"dataset,omitempty"`
	Node    string `json:"node,omitempty"`
	// SubmittedAt is when the benchmark submitted the run.
	SubmittedAt time.Time `json:"submittedAt"`
	// Times are wall-clock times in milliseconds.
	Times Times `json:"times"`
	// CPUMillis is the CPU time of the strategy's process.
	CPUMillis       int64 `json:"cpuMillis"`
	PeakMemoryBytes int64 `json:"peakMemoryBytes"`
}

// Times are wall-clock times in milliseconds. Total is from submit to verdict; the phases up to Scoring are parts of it,
// and what they leave is the time of the API server, the manager and the watches between them. End comes after it.
type Times struct {
	Total     int64 `json:"total"`
	Queue     int64 `json:"queue"`
	Start     int64 `json:"start"`
	Imports   int64 `json:"imports"`
	Data      int64 `json:"data"`
	Seal      int64 `json:"seal"`
	Gate      int64 `json:"gate"`
	Execution int64 `json:"execution"`
	Scoring   int64 `json:"scoring"`
	// End is from the verdict until the Pod was gone; nil where there was no Pod, or nobody saw it go.
	End *int64 `json:"end,omitempty"`
}
