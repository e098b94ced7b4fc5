package seccomp

import (
	"slices"
	"sync"
	"time"

	"github.com/stratbox/stratbox/internal/contract"
)

// Recorder counts denied calls by name. It is safe for concurrent use and holds a bounded number of names, however many
// calls come.
type Recorder struct {
	now     func() time.Time
	newName func()
	// names is how many names it holds.
	names int

	mu         sync.Mutex
	index      map[string]int
	violations []contract.Violation
	count      int64
	dropped    int64
}

// Tally is what a Recorder has counted. Count is the sum of the violations' counts and Dropped.
type Tally struct {
	// Violations are the first names, in the order in which they were first seen.
	Violations []contract.Violation
	// Count is the number of all denied calls, Dropped of those whose names did not fit in Violations.
	Count, Dropped int64
}

// NewRecorder returns an empty recorder that holds contract.MaxViolations names. newName, if not nil, is called after each call that adds a name, on the goroutine
// that records, before the strategy's call is answered: time to write the verdict record anew. It may call Tally.
func NewRecorder(now func() time.Time, newName func()) *Recorder {
	return &Recorder{now: now, newName: newName, names: contract.MaxViolations, index: map[string]int{}}
}

// NewProofRecorder returns an empty recorder for the time of the proof: it holds the names of all probes.
func NewProofRecorder(now func() time.Time) *Recorder {
	return &Recorder{now: now, names: len(CallNames()), index: map[string]int{}}
}

// Record counts a denied call. It has the form that Listener.Serve takes.
func (r *Recorder) Record(n Notification) {
	if r.add(n.Name) && r.newName != nil {
		r.newName()
	}
}

// add counts one call and reports whether its name is new.
func (r *Recorder) add(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count++
	if i, ok := r.index[name]; ok {
		r.violations[i].Count++
		return false
	}
	if len(r.violations) == r.names {
		r.dropped++
		return false
	}
	r.index[name] = len(r.violations)
	r.violations = append(r.violations, contract.Violation{Syscall: name, Count: 1, FirstTime: r.now().UnixMilli()})
	return true
}

// Tally returns what was counted so far; it does not change when more is recorded.
func (r *Recorder) Tally() Tally {
	r.mu.Lock()
	defer r.mu.Unlock()
	return Tally{Violations: slices.Clone(r.violations), Count: r.count, Dropped: r.dropped}
}
