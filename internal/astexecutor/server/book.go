package server

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/stratbox/stratbox/internal/astexecutor"
	"github.com/stratbox/stratbox/internal/contract"
)

// Why an attempt is not taken.
var (
	errFull      = errors.New("the queue is full")
	errClosed    = errors.New("the executor is shutting down")
	errDifferent = errors.New("another attempt was submitted under the same name before")
)

// limits bound the book.
type limits struct {
	// parallel is how many attempts are executed at once, queue how many more may wait.
	parallel, queue int
	// keep is how many attempts that are over stay in the book, and keepFor how long.
	keep    int
	keepFor time.Duration
}

// execution makes one attempt. It calls note with the record at every phase, and returns an error, and a record without
// a verdict, only if ctx ended first.
type execution func(ctx context.Context, a astexecutor.Attempt, note func(contract.Record)) (contract.Record, error)

// book knows every attempt of this boot, executes them in the order they came, and forgets those that are long over.
type book struct {
	limits
	execute execution
	now     func() time.Time

	mu      sync.Mutex
	entries map[astexecutor.ID]*entry
	// waiting are the attempts that are queued, over those that are done with, each in order.
	waiting, over []*entry
	running       int
	closed        bool
	// idle is closed when the book is closed and nothing runs any more.
	idle chan struct{}
}

// entry is one attempt. The book's lock guards it.
type entry struct {
	id      astexecutor.ID
	attempt astexecutor.Attempt
	// digest tells attempts under one name apart. One that was cancelled before it came has none.
	digest [sha256.Size]byte
	state  astexecutor.State
	record *contract.Record
	// kill ends the execution, if there is one.
	kill context.CancelFunc
	// settled is closed when the state is final, at ended.
	settled chan struct{}
	ended   time.Time
}

// page is what the book tells about an attempt.
type page struct {
	state   astexecutor.State
	record  *contract.Record
	settled <-chan struct{}
}

func newBook(l limits, execute execution, now func() time.Time) *book {
	return &book{limits: l, execute: execute, now: now, entries: map[astexecutor.ID]*entry{}, idle: make(chan struct{})}
}

// submit takes an attempt, or tells of the one that was taken under its name.
func (b *book) submit(a astexecutor.Attempt) (page, error) {
	text, err := json.Marshal(a)
	if err != nil {
		return page{}, fmt.Errorf("encode the attempt: %w", err)
	}
	digest := sha256.Sum256(text)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forget()
	if e := b.entries[a.ID()]; e != nil {
		if e.digest != digest && e.digest != [sha256.Size]byte{} {
			return page{}, errDifferent
		}
		return e.page(), nil
	}
	switch {
	case b.closed:
		return page{}, errClosed
	case b.running >= b.parallel && len(b.waiting) >= b.queue:
		return page{}, errFull
	}
	e := b.add(a.ID())
	e.attempt, e.digest = a, digest
	b.waiting = append(b.waiting, e)
	b.next()
	return e.page(), nil
}

// look tells of an attempt.
func (b *book) look(id astexecutor.ID) page {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forget()
	if e := b.entries[id]; e != nil {
		return e.page()
	}
	return page{state: astexecutor.StateUnknown}
}

// cancel ends an attempt, or makes sure that one which is yet to come is not executed.
func (b *book) cancel(id astexecutor.ID) page {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forget()
	e := b.entries[id]
	if e == nil {
		e = b.add(id)
	}
	b.waiting = slices.DeleteFunc(b.waiting, func(q *entry) bool { return q == e })
	b.settle(e, astexecutor.StateCancelled)
	return e.page()
}

// close takes no more attempts and gives up those that wait.
func (b *book) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for _, e := range b.waiting {
		b.settle(e, astexecutor.StateInterrupted)
	}
	b.waiting = nil
	b.next()
}

// interrupt gives up the attempts that run. They are gone when idle is closed.
func (b *book) interrupt() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.entries {
		b.settle(e, astexecutor.StateInterrupted)
	}
}

func (b *book) add(id astexecutor.ID) *entry {
	e := &entry{id: id, state: astexecutor.StateQueued, settled: make(chan struct{})}
	b.entries[id] = e
	return e
}

// next starts what may start. Everything below here is called with the lock held.
func (b *book) next() {
	for b.running < b.parallel && len(b.waiting) > 0 {
		e := b.waiting[0]
		b.waiting = b.waiting[1:]
		ctx, kill := context.WithCancel(context.Background())
		e.state, e.kill = astexecutor.StateRunning, kill
		b.running++
		go b.run(ctx, e, e.attempt)
	}
	if b.closed && b.running == 0 {
		select {
		case <-b.idle:
		default:
			close(b.idle)
		}
	}
}

// run executes an attempt and writes down what became of it, without the lock held.
func (b *book) run(ctx context.Context, e *entry, a astexecutor.Attempt) {
	record, err := b.execute(ctx, a, func(r contract.Record) {
		b.mu.Lock()
		defer b.mu.Unlock()
		if !e.state.Over() {
			e.record = &r
		}
	})
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil && !e.state.Over() {
		e.record = &record
	}
	b.settle(e, astexecutor.StateFinished)
	b.running--
	b.next()
}

// settle makes the state final, unless it already is, and ends the execution.
func (b *book) settle(e *entry, state astexecutor.State) {
	if e.kill != nil {
		e.kill()
	}
	if e.state.Over() {
		return
	}
	if state == astexecutor.StateCancelled {
		e.record = nil
	}
	e.state, e.attempt, e.ended = state, astexecutor.Attempt{}, b.now()
	close(e.settled)
	b.over = append(b.over, e)
}

// forget drops what is over and too old or too much, the oldest first.
func (b *book) forget() {
	for len(b.over) > 0 && (len(b.over) > b.keep || b.now().Sub(b.over[0].ended) > b.keepFor) {
		delete(b.entries, b.over[0].id)
		b.over[0] = nil
		b.over = b.over[1:]
	}
}

func (e *entry) page() page { return page{state: e.state, record: e.record, settled: e.settled} }
