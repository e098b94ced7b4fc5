package seccomp

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stratbox/stratbox/internal/contract"
)

// clock returns a clock that advances by a second each time it is read.
func clock() func() time.Time {
	now := time.UnixMilli(1000)
	return func() time.Time {
		now = now.Add(time.Second)
		return now
	}
}

func record(r *Recorder, names ...string) {
	for _, name := range names {
		r.Record(Notification{Name: name})
	}
}

func TestRecorderCountsByNameInOrderOfFirstSight(t *testing.T) {
	r := NewRecorder(clock(), nil)
	record(r, "openat", "socket", "openat", "openat", "clone")
	want := Tally{
		Violations: []contract.Violation{
			{Syscall: "openat", Count: 3, FirstTime: 2000},
			{Syscall: "socket", Count: 1, FirstTime: 3000},
			{Syscall: "clone", Count: 1, FirstTime: 4000},
		},
		Count: 5,
	}
	if diff := cmp.Diff(want, r.Tally()); diff != "" {
		t.Error(diff)
	}
}

func TestRecorderHoldsSoManyNamesAndCountsTheRest(t *testing.T) {
	news := 0
	r := NewRecorder(clock(), func() { news++ })
	for i := range contract.MaxViolations + 3 {
		record(r, fmt.Sprintf("syscall_%d", i), "syscall_0")
	}
	got := r.Tally()
	if len(got.Violations) != contract.MaxViolations || news != contract.MaxViolations {
		t.Errorf("%d names, %d called new, want %d", len(got.Violations), news, contract.MaxViolations)
	}
	if got.Count != 2*(contract.MaxViolations+3) || got.Dropped != 3 {
		t.Errorf("%d calls, %d dropped, want %d and 3", got.Count, got.Dropped, 2*(contract.MaxViolations+3))
	}
	sum := got.Dropped
	for _, v := range got.Violations {
		sum += v.Count
	}
	if sum != got.Count {
		t.Errorf("the parts add up to %d, the whole is %d", sum, got.Count)
	}
}

func TestRecorderLetsTheCallbackReadIt(t *testing.T) {
	var r *Recorder
	var seen []int64
	r = NewRecorder(clock(), func() { seen = append(seen, r.Tally().Count) })
	record(r, "a", "a", "b")
	if diff := cmp.Diff([]int64{1, 3}, seen); diff != "" {
		t.Error(diff)
	}
}

func TestATallyDoesNotChange(t *testing.T) {
	r := NewRecorder(clock(), nil)
	record(r, "a")
	before := r.Tally()
	record(r, "a", "b")
	if before.Violations[0].Count != 1 || len(before.Violations) != 1 {
		t.Errorf("tally became %v", before)
	}
}

func TestRecorderTakesManyAtOnce(t *testing.T) {
	r := NewRecorder(time.Now, func() {})
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for range 1000 {
				record(r, "same", fmt.Sprintf("own_%d", i))
				_ = r.Tally()
			}
		})
	}
	group.Wait()
	if got := r.Tally(); got.Count != 16000 || len(got.Violations) != 9 || got.Dropped != 0 {
		t.Errorf("%+v", got)
	}
}
