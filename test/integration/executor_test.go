package integration

import (
	"context"
	"errors"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"k8s.io/apimachinery/pkg/types"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/astexecutor"
	"github.com/stratbox/stratbox/internal/testutil"
)

// workshop keeps the executor's promises without executing anything: the tests end attempts as an engine would.
type workshop struct {
	mutex sync.Mutex
	boot  string
	// held are the attempts this boot knows, changed is closed when one of them changes.
	held    map[astexecutor.ID]astexecutor.Report
	changed chan struct{}
	// executed counts how often each attempt was begun, over all boots.
	executed map[astexecutor.ID]int
	taken    []astexecutor.Attempt
	calls    int
	// fault decides what goes wrong with the call of a number, counted from 0. Nil: nothing ever does.
	fault func(number int, call string) fault
	// refuse answers every submission, if it is not nil.
	refuse error
	// down: nobody answers.
	down bool
	// verdict ends each attempt as soon as it is begun, unless it is empty.
	verdict v1alpha1.Verdict
}

func newWorkshop(verdict v1alpha1.Verdict) *workshop {
	return &workshop{
		boot: "boot-1", held: map[astexecutor.ID]astexecutor.Report{}, changed: make(chan struct{}),
		executed: map[astexecutor.ID]int{}, verdict: verdict,
	}
}

// call makes a request with the fault that is due.
func (e *workshop) call(name string, act func() (astexecutor.Report, error)) (astexecutor.Report, error) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	number := e.calls
	e.calls++
	kind := noFault
	if e.fault != nil {
		kind = e.fault(number, name)
	}
	lost := &astexecutor.UnavailableError{Err: errors.New("connection lost")}
	switch {
	case e.down || kind == notSent:
		return astexecutor.Report{}, lost
	case kind == answerLost:
		_, _ = act()
		return astexecutor.Report{}, lost
	default:
		return act()
	}
}

func (e *workshop) look(id astexecutor.ID) astexecutor.Report {
	report, found := e.held[id]
	if !found {
		report.State = astexecutor.StateUnknown
	}
	report.Boot = e.boot
	return report
}

func (e *workshop) set(id astexecutor.ID, report astexecutor.Report) {
	e.held[id] = report
	close(e.changed)
	e.changed = make(chan struct{})
}

// Submit begins an attempt that this boot does not know.
func (e *workshop) Submit(_ context.Context, attempt astexecutor.Attempt) (astexecutor.Report, error) {
	return e.call("submit", func() (astexecutor.Report, error) {
		if e.refuse != nil {
			return astexecutor.Report{}, e.refuse
		}
		id := attempt.ID()
		if _, known := e.held[id]; !known {
			e.executed[id]++
			e.taken = append(e.taken, attempt)
			e.set(id, astexecutor.Report{State: astexecutor.StateRunning})
			if e.verdict != "" {
				e.set(id, finishedReport(id, e.verdict))
			}
		}
		return e.look(id), nil
	})
}

func finishedReport(id astexecutor.ID, verdict v1alpha1.Verdict) astexecutor.Report {
	record := testutil.MakeRecord(types.UID(id.RunUID), id.Attempt)
	if verdict == v1alpha1.VerdictCompleted {
		record.Completed()
	} else {
		record.Verdict(verdict, "as the test wants it")
	}
	return astexecutor.Report{State: astexecutor.StateFinished, Record: record.Obj()}
}

// Wait answers when the attempt is over.
func (e *workshop) Wait(ctx context.Context, id astexecutor.ID) (astexecutor.Report, error) {
	for {
		var changed chan struct{}
		report, err := e.call("wait", func() (astexecutor.Report, error) {
			changed = e.changed
			return e.look(id), nil
		})
		if err != nil || report.State.Over() {
			return report, err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return astexecutor.Report{}, ctx.Err()
		}
	}
}

// Cancel ends an attempt, also one that is yet to come.
func (e *workshop) Cancel(_ context.Context, id astexecutor.ID) (astexecutor.Report, error) {
	return e.call("cancel", func() (astexecutor.Report, error) {
		if !e.look(id).State.Over() || e.look(id).State == astexecutor.StateUnknown {
			e.set(id, astexecutor.Report{State: astexecutor.StateCancelled})
		}
		return e.look(id), nil
	})
}

// restart forgets everything, as a process that is killed does.
func (e *workshop) restart() {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.boot += "+"
	e.held = map[astexecutor.ID]astexecutor.Report{}
	close(e.changed)
	e.changed = make(chan struct{})
}

// alter changes what the workshop does from now on.
func (e *workshop) alter(change func(*workshop)) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	change(e)
}

// states are where the attempts of a run are, by their number.
func (e *workshop) states(run *v1alpha1.StrategyRun) map[int32]astexecutor.State {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	states := map[int32]astexecutor.State{}
	for id, report := range e.held {
		if id.RunUID == string(run.UID) {
			states[id.Attempt] = report.State
		}
	}
	return states
}

// begun is how often each attempt was begun.
func (e *workshop) begun() []int {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	var counts []int
	for _, count := range e.executed {
		counts = append(counts, count)
	}
	return counts
}

// carryOn lets manager and clock go on until the condition Finished of a run is as it is expected. A manager whose call fails
// is replaced by one that remembers nothing.
func (w *world) carryOn(run *v1alpha1.StrategyRun, expected string, hints ...any) {
	GinkgoHelper()
	Eventually(func() string {
		if w.clock.HasWaiters() {
			w.clock.Step(5 * time.Second)
		}
		result, err := w.try(run)
		if err != nil && !w.survives {
			w.restart()
		}
		if result.RequeueAfter > 0 && result.RequeueAfter <= 5*time.Second {
			w.clock.Step(result.RequeueAfter)
		}
		return w.condition(run, v1alpha1.ConditionFinished)
	}).WithTimeout(20*time.Second).WithPolling(5*time.Millisecond).Should(Equal(expected), hints...)
}

func (w *world) verdicts(run *v1alpha1.StrategyRun) []v1alpha1.Verdict {
	GinkgoHelper()
	var verdicts []v1alpha1.Verdict
	for _, attempt := range w.read(run).Status.Attempts {
		verdicts = append(verdicts, attempt.Verdict)
	}
	return verdicts
}
