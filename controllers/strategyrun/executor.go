package strategyrun

import (
	"context"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/event"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/astexecutor"
	"github.com/stratbox/stratbox/internal/contract"
)

// Executor executes attempts without a Pod. An astexecutor.Client is one.
type Executor interface {
	Submit(ctx context.Context, attempt astexecutor.Attempt) (astexecutor.Report, error)
	Wait(ctx context.Context, id astexecutor.ID) (astexecutor.Report, error)
	Cancel(ctx context.Context, id astexecutor.ID) (astexecutor.Report, error)
}

// news is what an errand has brought back so far.
type news struct {
	// boot is the executor that answered.
	boot string
	// record has the verdict.
	record *contract.Record
	// failure says why there will be no record.
	failure string
	// trouble says why there is nothing yet, if that is out of the ordinary.
	trouble string
	// submitted is when the executor took the attempt; zero if another manager gave it.
	submitted time.Time
}

// errands are the conversations with the executor that are under way, one for a run at most, so that no worker waits
// for an answer. They are rebuilt from nothing after a restart: the status says which attempts are open, and
// the executor what became of them. The zero value is ready.
type errands struct {
	mutex sync.Mutex
	open  map[types.UID]*errand
	ready sync.Once
	// woken receives the run that an errand has news of.
	woken chan event.GenericEvent
	ctx   context.Context
	end   context.CancelFunc
	all   sync.WaitGroup
}

// errand is one conversation. The registry's mutex guards its news.
type errand struct {
	run  types.NamespacedName
	id   astexecutor.ID
	boot string
	end  context.CancelFunc
	news news
}

// wokenBuffer lets errands tell their news while the controller is busy.
const wokenBuffer = 64

func (e *errands) prepare() {
	e.ready.Do(func() {
		e.open = map[types.UID]*errand{}
		e.woken = make(chan event.GenericEvent, wokenBuffer)
		e.ctx, e.end = context.WithCancel(context.Background())
	})
}

// Woken returns the channel of runs that there is news of.
func (r *Reconciler) Woken() <-chan event.GenericEvent {
	r.errands.prepare()
	return r.errands.woken
}

// Stop ends all conversations with the executor and returns when they have ended. What they were about goes on there.
func (r *Reconciler) Stop() {
	r.errands.prepare()
	r.errands.end()
	r.errands.all.Wait()
}

// send starts a conversation about an attempt unless it is under way already, and returns what it has brought so far.
// An empty boot only asks who is there.
func (e *errands) send(run *v1alpha1.StrategyRun, id astexecutor.ID, boot string, talk conversation) news {
	e.prepare()
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if current := e.open[run.UID]; current != nil {
		if current.id == id && current.boot == boot {
			return current.news
		}
		current.end()
	}
	ctx, end := context.WithCancel(e.ctx)
	started := &errand{run: types.NamespacedName{Namespace: run.Namespace, Name: run.Name}, id: id, boot: boot, end: end}
	e.open[run.UID] = started
	uid := run.UID // the run itself belongs to the reconcile
	talk.tell = func(change func(*news)) { e.tell(ctx, uid, started, change) }
	e.all.Go(func() { talk.run(ctx) })
	return news{}
}

// tell changes an errand's news and wakes its run, unless nobody waits for it any more.
func (e *errands) tell(ctx context.Context, run types.UID, about *errand, change func(*news)) {
	e.mutex.Lock()
	current := e.open[run] == about
	if current {
		change(&about.news)
	}
	e.mutex.Unlock()
	if !current {
		return
	}
	object := &v1alpha1.StrategyRun{ObjectMeta: metav1.ObjectMeta{Namespace: about.run.Namespace, Name: about.run.Name, UID: run}}
	select {
	case e.woken <- event.GenericEvent{Object: object}:
	case <-ctx.Done():
	}
}

// forget ends the conversation about a run.
func (e *errands) forget(run types.UID) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if current := e.open[run]; current != nil {
		current.end()
		delete(e.open, run)
	}
}

// named returns the attempt that was talked about for a run that is gone, if any, and forgets it.
func (e *errands) named(run types.NamespacedName) (astexecutor.ID, bool) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	for uid, current := range e.open {
		if current.run == run {
			current.end()
			delete(e.open, uid)
			return current.id, true
		}
	}
	return astexecutor.ID{}, false
}

// cancelTries is how often the executor is asked to end an attempt that nobody waits for. If it never
// hears of it the attempt ends at its own deadline, and its result is dropped.
const cancelTries = 5

// abandon has the executor end an attempt, in its own time.
func (e *errands) abandon(id astexecutor.ID, executor func() Executor, clock clock.Clock) {
	e.prepare()
	e.all.Go(func() {
		pause := shortPause
		for range cancelTries {
			if there := executor(); there == nil {
				return
			} else if _, err := there.Cancel(e.ctx, id); err == nil || e.ctx.Err() != nil {
				return
			}
			rest(e.ctx, clock, pause)
			pause = min(2*pause, longPause)
		}
	})
}
