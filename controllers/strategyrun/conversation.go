package strategyrun

import (
	"context"
	"errors"
	"fmt"
	"time"

	"k8s.io/utils/clock"

	"github.com/stratbox/stratbox/internal/astexecutor"
)

const (
	shortPause = 250 * time.Millisecond
	longPause  = 5 * time.Second
	// briefPoll is what a long poll always takes longer than; an answer that comes sooner and says nothing new is
	// not asked for again at once.
	briefPoll = time.Second
)

// conversation brings one attempt to its end at the executor, or only asks which executor is there.
type conversation struct {
	// executor returns the executor there is now, nil if there is none.
	executor func() Executor
	clock    clock.Clock
	id       astexecutor.ID
	// boot is the executor that the attempt was recorded for before it was submitted to anybody. Empty: only ask.
	boot string
	// patience is how long the executor may be silent, due when the attempt must have ended.
	patience time.Duration
	due      time.Time
	// submission returns what is to be executed, once the status is certain to say that it is still to be.
	submission func(context.Context) (astexecutor.Attempt, error)
	tell       func(change func(*news))
}

var (
	errNoExecutor = errors.New("this installation has no AST-only executor")
	// errOutdated says that the run has moved on and nobody waits for the attempt.
	errOutdated = errors.New("the attempt has ended already")
)

// unreadableError says that there is nothing to submit.
type unreadableError struct{ reason string }

func (e *unreadableError) Error() string { return e.reason }

// run talks until there is news that ends the conversation.
func (c conversation) run(ctx context.Context) {
	heard, pause, troubled := c.clock.Now(), shortPause, false
	for {
		asked := c.clock.Now()
		report, err := c.ask(ctx)
		if ctx.Err() != nil || errors.Is(err, errOutdated) {
			return
		}
		if err == nil && c.over(report) {
			return
		}
		now := c.clock.Now()
		wait := time.Duration(0)
		var busy *astexecutor.BusyError
		switch failure := final(err); {
		case failure != "":
			c.fail(failure)
			return
		case errors.As(err, &busy):
			heard, wait = now, busy.RetryAfter
		case err != nil:
			if silence := now.Sub(heard); silence >= c.patience {
				c.fail(fmt.Sprintf("nothing was heard from the AST-only executor for %s: %s", silence.Round(time.Second), err))
				return
			}
			wait, pause = pause, min(2*pause, longPause)
		default:
			heard, pause = now, shortPause
			if now.Sub(asked) < briefPoll {
				wait = briefPoll
			}
		}
		if err != nil && !troubled {
			troubled = true
			c.tell(func(n *news) { n.trouble = err.Error() })
		}
		if c.boot != "" && !now.Before(c.due) {
			c.fail("the AST-only executor did not bring the attempt to its end in time")
			return
		}
		rest(ctx, c.clock, wait)
	}
}

// ask makes one request, or two where the attempt is to be submitted. The first question is always what became of the
// attempt: one that was recorded for an executor which is gone may have been executed there, and is never submitted again.
func (c conversation) ask(ctx context.Context) (astexecutor.Report, error) {
	there := c.executor()
	if there == nil {
		return astexecutor.Report{}, errNoExecutor
	}
	report, err := there.Wait(ctx, c.id)
	if err != nil || c.boot == "" || report.State != astexecutor.StateUnknown || report.Boot != c.boot {
		return report, err
	}
	attempt, err := c.submission(ctx)
	if err != nil {
		return astexecutor.Report{}, err
	}
	if report, err = there.Submit(ctx, attempt); err != nil || report.State.Over() {
		return report, err
	}
	now := c.clock.Now()
	c.tell(func(n *news) { n.submitted, n.trouble = now, "" })
	return there.Wait(ctx, c.id)
}

// final is the sentence for an error that no repetition can cure, empty for any other.
func final(err error) string {
	var refused *astexecutor.RefusedError
	var unreadable *unreadableError
	switch {
	case errors.As(err, &refused):
		return "the AST-only executor refused the attempt: " + refused.Reason
	case errors.As(err, &unreadable):
		return "the attempt could not be submitted: " + unreadable.reason
	default:
		return ""
	}
}

// over tells of a report that ends the conversation.
func (c conversation) over(report astexecutor.Report) bool {
	switch {
	case c.boot == "":
		c.tell(func(n *news) { n.boot = report.Boot })
	case report.State == astexecutor.StateFinished:
		c.tell(func(n *news) { n.record = &report.Record })
	case report.State == astexecutor.StateUnknown:
		c.fail("the AST-only executor restarted while it had the attempt")
	case report.State == astexecutor.StateInterrupted:
		c.fail("the AST-only executor shut down while it had the attempt")
	case report.State == astexecutor.StateCancelled:
		c.fail("the attempt was cancelled at the AST-only executor")
	default:
		return false
	}
	return true
}

func (c conversation) fail(reason string) {
	c.tell(func(n *news) { n.failure = reason })
}

// rest waits, or until ctx ends.
func rest(ctx context.Context, clock clock.Clock, pause time.Duration) {
	if pause <= 0 {
		return
	}
	timer := clock.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C():
	case <-ctx.Done():
	}
}
