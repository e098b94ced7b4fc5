package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/astexecutor"
	"github.com/stratbox/stratbox/internal/contract"
)

// desk executes attempts when the test says so.
type desk struct {
	mu      sync.Mutex
	clock   time.Time
	started chan string
	finish  map[string]chan struct{}
	killed  chan string
}

func newDesk() *desk {
	return &desk{clock: time.Unix(1e9, 0), started: make(chan string, 64), finish: map[string]chan struct{}{}, killed: make(chan string, 64)}
}

func (d *desk) now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.clock
}

func (d *desk) pass(t time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.clock = d.clock.Add(t)
}

func (d *desk) release(run string) chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.finish[run] == nil {
		d.finish[run] = make(chan struct{})
	}
	return d.finish[run]
}

func (d *desk) execute(ctx context.Context, a astexecutor.Attempt, note func(contract.Record)) (contract.Record, error) {
	record := contract.Record{Version: contract.RecordVersion, RunUID: a.Task.RunUID, Attempt: a.Task.Attempt, Phase: contract.PhaseExecution}
	note(record)
	d.started <- a.Task.RunUID
	select {
	case <-d.release(a.Task.RunUID):
		record.Phase, record.Verdict = contract.PhaseFinished, v1alpha1.VerdictCompleted
		return record, nil
	case <-ctx.Done():
		note(record) // too late to count
		d.killed <- a.Task.RunUID
		return record, ctx.Err()
	}
}

func named(run string) astexecutor.Attempt {
	return astexecutor.Attempt{Task: contract.Task{RunUID: run, Attempt: 1}, Source: []byte("position = 1\n")}
}

func submitted(t *testing.T, b *book, run string) page {
	t.Helper()
	p, err := b.submit(named(run))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func expectState(t *testing.T, b *book, run string, want astexecutor.State) page {
	t.Helper()
	p := b.look(named(run).ID())
	if p.state != want {
		t.Errorf("%s is %s, want %s", run, p.state, want)
	}
	return p
}

func TestAttemptsAreExecutedInTheOrderTheyCameAndNoMoreThanMay(t *testing.T) {
	d := newDesk()
	b := newBook(limits{parallel: 2, queue: 2, keep: 9, keepFor: time.Hour}, d.execute, d.now)
	for _, run := range []string{"a", "b", "c", "d"} {
		submitted(t, b, run)
	}
	if first := []string{<-d.started, <-d.started}; !slices.Contains(first, "a") || !slices.Contains(first, "b") {
		t.Errorf("%q started first", first)
	}
	expectState(t, b, "c", astexecutor.StateQueued)
	if _, err := b.submit(named("e")); !errors.Is(err, errFull) {
		t.Errorf("a fifth attempt: error %v", err)
	}
	expectState(t, b, "e", astexecutor.StateUnknown)
	if p := submitted(t, b, "d"); p.state != astexecutor.StateQueued {
		t.Errorf("submitted again while the queue is full, d is %s", p.state)
	}
	close(d.release("b"))
	if next := <-d.started; next != "c" {
		t.Errorf("%s came after b", next)
	}
	<-b.look(named("b").ID()).settled
	if p := expectState(t, b, "b", astexecutor.StateFinished); p.record.Verdict != v1alpha1.VerdictCompleted {
		t.Errorf("record %+v", p.record)
	}
	if p := expectState(t, b, "a", astexecutor.StateRunning); p.record.Phase != contract.PhaseExecution {
		t.Errorf("record %+v", p.record)
	}
}

func TestAnAttemptIsExecutedOnce(t *testing.T) {
	d := newDesk()
	b := newBook(limits{parallel: 3, keep: 9, keepFor: time.Hour}, d.execute, d.now)
	settled := submitted(t, b, "a").settled
	<-d.started
	if p := submitted(t, b, "a"); p.state != astexecutor.StateRunning {
		t.Errorf("submitted again, it is %s", p.state)
	}
	other := named("a")
	other.Source = []byte("position = 2\n")
	if _, err := b.submit(other); !errors.Is(err, errDifferent) {
		t.Errorf("other code under the same name: error %v", err)
	}
	close(d.release("a"))
	<-settled
	if p := submitted(t, b, "a"); p.state != astexecutor.StateFinished || p.record == nil {
		t.Errorf("submitted again after its end, it is %s", p.state)
	}
	if len(d.started) > 0 {
		t.Errorf("%s was executed again", <-d.started)
	}
}

func TestCancel(t *testing.T) {
	for name, test := range map[string]struct {
		before func(*testing.T, *book, *desk)
		want   astexecutor.State
		// killed is whether a process must end, starts whether a later submission starts one.
		killed bool
	}{
		"one that waits": {func(t *testing.T, b *book, d *desk) {
			submitted(t, b, "other")
			submitted(t, b, "a")
		}, astexecutor.StateCancelled, false},
		"one that runs": {func(t *testing.T, b *book, d *desk) {
			submitted(t, b, "a")
			<-d.started
		}, astexecutor.StateCancelled, true},
		"one that is yet to come": {func(*testing.T, *book, *desk) {}, astexecutor.StateCancelled, false},
		"one that is over": {func(t *testing.T, b *book, d *desk) {
			close(d.release("a"))
			<-submitted(t, b, "a").settled
			<-d.started
		}, astexecutor.StateFinished, false},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk()
			b := newBook(limits{parallel: 1, queue: 9, keep: 9, keepFor: time.Hour}, d.execute, d.now)
			test.before(t, b, d)
			for range 2 {
				if p := b.cancel(named("a").ID()); p.state != test.want || (p.record != nil) != (test.want == astexecutor.StateFinished) {
					t.Errorf("cancelled, it is %s with record %+v", p.state, p.record)
				}
			}
			if p := submitted(t, b, "a"); p.state != test.want {
				t.Errorf("submitted after that, it is %s", p.state)
			}
			if test.killed {
				<-d.killed
			}
			// The slot is free, or will be, for one that follows.
			close(d.release("other"))
			close(d.release("next"))
			<-submitted(t, b, "next").settled
			for len(d.started) > 0 {
				if run := <-d.started; run == "a" {
					t.Error("it was executed after all")
				}
			}
		})
	}
}

func TestWhatIsOverIsForgotten(t *testing.T) {
	d := newDesk()
	b := newBook(limits{parallel: 1, queue: 9, keep: 3, keepFor: time.Hour}, d.execute, d.now)
	for i := range 5 {
		run := fmt.Sprint(i)
		close(d.release(run))
		<-submitted(t, b, run).settled
	}
	for run, want := range map[string]astexecutor.State{
		"0": astexecutor.StateUnknown, "1": astexecutor.StateUnknown,
		"2": astexecutor.StateFinished, "3": astexecutor.StateFinished, "4": astexecutor.StateFinished,
	} {
		expectState(t, b, run, want)
	}
	submitted(t, b, "runs on")
	d.pass(time.Hour)
	expectState(t, b, "4", astexecutor.StateFinished)
	d.pass(time.Nanosecond)
	expectState(t, b, "4", astexecutor.StateUnknown)
	expectState(t, b, "runs on", astexecutor.StateRunning)
	if len(b.entries) != 1 || len(b.over) != 0 {
		t.Errorf("%d attempts are known, %d over", len(b.entries), len(b.over))
	}
}

func TestShutdownGivesUpWhatWaitsAndLetsTheRestFinish(t *testing.T) {
	d := newDesk()
	b := newBook(limits{parallel: 2, queue: 9, keep: 9, keepFor: time.Hour}, d.execute, d.now)
	for _, run := range []string{"a", "b", "waits"} {
		submitted(t, b, run)
	}
	<-d.started
	<-d.started
	b.close()
	expectState(t, b, "waits", astexecutor.StateInterrupted)
	if _, err := b.submit(named("new")); !errors.Is(err, errClosed) {
		t.Errorf("a new attempt: error %v", err)
	}
	close(d.release("a"))
	<-b.look(named("a").ID()).settled
	expectState(t, b, "a", astexecutor.StateFinished)
	b.interrupt()
	if p := expectState(t, b, "b", astexecutor.StateInterrupted); p.record.Phase != contract.PhaseExecution {
		t.Errorf("record %+v", p.record)
	}
	<-b.idle
	if killed := <-d.killed; killed != "b" {
		t.Errorf("%s was killed", killed)
	}
	expectState(t, b, "a", astexecutor.StateFinished)
	b.close() // twice does no harm
}
