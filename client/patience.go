package client

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

// defaultBackoff asks again after a tenth of a second, then ever later, and once in five seconds at last: soon enough
// after an outage, and little enough during one.
var defaultBackoff = wait.Backoff{Duration: 100 * time.Millisecond, Factor: 2, Jitter: 0.2, Steps: math.MaxInt32, Cap: 5 * time.Second}

// maxDoubts is how many refusals in a row are believed to be passing: some ten seconds' worth.
const maxDoubts = 7

// patience is how much longer to ask, and how often.
type patience struct {
	initial, backoff wait.Backoff
	doubts           int
	// told: the log has a line about this trouble.
	told bool
}

// renew is for when an answer came: what goes wrong next is another matter.
func (p *patience) renew() { p.backoff, p.doubts, p.told = p.initial, 0, false }

// persist tries until it succeeds, the API server's refusal is final, or the context ends.
func (e *Evaluator) persist(ctx context.Context, doing string, try func(*patience) error) error {
	p := &patience{initial: e.backoff}
	p.renew()
	for {
		err := try(p)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return interrupted(ctx, doing, err)
		}
		switch refusalOf(err) {
		case final:
			return &RefusedError{Doing: doing, Cause: err}
		case doubtful:
			if p.doubts++; p.doubts > maxDoubts {
				return &RefusedError{Doing: doing, Cause: err}
			}
		}
		// Watches end all the time; anything else is worth one line, not one for each try.
		if !p.told && !errors.Is(err, errDropped) {
			e.log.WarnContext(ctx, "the API server does not answer as it should; trying again", "doing", doing, "error", err)
			p.told = true
		}
		select {
		case <-ctx.Done():
			return interrupted(ctx, doing, err)
		case <-time.After(p.backoff.Step()):
		}
	}
}

// interrupted says that the context ended, and what was wrong until then.
func interrupted(ctx context.Context, doing string, last error) error {
	if errors.Is(last, errDropped) || ended(last) {
		return fmt.Errorf("%s: %w", doing, ctx.Err())
	}
	return fmt.Errorf("%s: %w; the last answer was: %w", doing, ctx.Err(), last)
}
