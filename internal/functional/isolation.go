package functional

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// isolated requires of the first run, which was alone, and the others, which were executed together, that they were:
// that honest ones score the same, and that the one that looked for the others was denied everything.
func isolated(seen []sight) (string, error) {
	alone, together := seen[0], seen[1:]
	var wrong []error
	for _, s := range together {
		if s.Verdict != v1alpha1.VerdictCompleted {
			wrong = append(wrong, s.refused([]string{"openat", "kill", "process_vm_readv", "shmget", "socket"}))
			continue
		}
		if names := s.denied(); len(names) > 0 {
			wrong = append(wrong, fmt.Errorf("run %s has violations: %s; expected none", s.Name, strings.Join(names, ", ")))
		}
		if mine, theirs := alone.metrics(), s.metrics(); len(mine) == 0 || !maps.Equal(mine, theirs) {
			wrong = append(wrong, fmt.Errorf("run %s scored %v, expected %v as alone", s.Name, theirs, mine))
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return "", err
	}
	overlap, err := executedTogether(together)
	if err != nil {
		return "", disturbance{err}
	}
	return fmt.Sprintf("%d runs executed together for %s; the honest ones scored as alone, the other was denied all it tried", len(together), overlap), nil
}

func (o Observation) metrics() map[string]string {
	if o.Status.Result == nil {
		return nil
	}
	return o.Status.Result.Metrics
}

// leastOverlap is how long runs must have been executed at the same time, as far as statuses tell: an attempt's start is
// known to the second only.
const leastOverlap = 2 * time.Second

// executedTogether returns for how long the code of all runs was being executed.
func executedTogether(runs []sight) (time.Duration, error) {
	var begin, end time.Time
	for i, s := range runs {
		from, to, told := s.execution()
		if !told {
			return 0, fmt.Errorf("run %s does not tell when it was executed", s.Name)
		}
		if i == 0 || from.After(begin) {
			begin = from
		}
		if i == 0 || to.Before(end) {
			end = to
		}
	}
	if overlap := end.Sub(begin); overlap >= leastOverlap {
		return overlap, nil
	}
	return 0, fmt.Errorf("%d runs that were submitted at once were not executed at the same time for %s, which the test needs; "+
		"look for room on the nodes and at concurrency.maxConcurrentRuns", len(runs), leastOverlap)
}

// execution is when the code was executed, to about a second.
func (o Observation) execution() (from, to time.Time, told bool) {
	attempts, result := o.Status.Attempts, o.Status.Result
	if len(attempts) == 0 || result == nil || result.Timings == nil {
		return from, to, false
	}
	start, timings := attempts[len(attempts)-1].StartTime, result.Timings
	if start == nil || timings.ExecutionMillis == nil {
		return from, to, false
	}
	from = start.Time
	for _, phase := range []*int64{timings.StartedMillis, timings.ImportsMillis, timings.DataMillis, timings.SealMillis, timings.GateMillis} {
		if phase != nil {
			from = from.Add(time.Duration(*phase) * time.Millisecond)
		}
	}
	return from, from.Add(time.Duration(*timings.ExecutionMillis) * time.Millisecond), true
}
