package client

import (
	"context"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// Follow waits until a run that exists has ended. It calls seen with the run as it was given and after every change that
// it learns of, and returns it as it was last seen, in case of an error, too. Dropped watches and an API server that is
// away for a while are waited out.
//
// The error is not nil if the context ended, if the API server refuses (a *RefusedError), or if somebody deleted the run
// before it had a verdict (ErrDeleted).
func (e *Evaluator) Follow(ctx context.Context, run *v1alpha1.StrategyRun, seen func(*v1alpha1.StrategyRun)) (*v1alpha1.StrategyRun, error) {
	f := &follower{evaluator: e, run: run, version: run.ResourceVersion, seen: seen}
	seen(run)
	err := e.persist(ctx, "waiting for "+keyOf(run), func(p *patience) error {
		if f.over() {
			return nil
		}
		if f.version == "" {
			if err := f.list(ctx); err != nil || f.over() {
				return err
			}
		}
		return f.watch(ctx, p)
	})
	if err == nil && !finished(f.run) {
		err = fmt.Errorf("waiting for %s: %w", keyOf(run), ErrDeleted)
	}
	return f.run, err
}

// follower knows one run as well as the API server has told so far.
type follower struct {
	evaluator *Evaluator
	run       *v1alpha1.StrategyRun
	// version is from where to watch: every later change of the run will be told, the deletion after a short TTL, too.
	// It is empty if the API server no longer remembers what came after, so that the run must be read anew.
	version string
	deleted bool
	// seen is told of every change.
	seen func(*v1alpha1.StrategyRun)
	// silent is how many watches in a row have ended without any news.
	silent int
}

// maxSilent is how many watches may end without news before the run is read instead: something between here and the
// API server may let no watch live.
const maxSilent = 3

// over says whether there is nothing more to learn.
func (f *follower) over() bool { return f.deleted || finished(f.run) }

func (f *follower) selector() metav1.ListOptions {
	return metav1.ListOptions{FieldSelector: fields.OneTermEqualSelector("metadata.name", f.run.Name).String()}
}

// list reads the run as it is. A list has a version that can be watched from, whereas that of a run which nothing
// happens to may be too old.
func (f *follower) list(ctx context.Context) error {
	list, err := f.evaluator.runs.List(ctx, f.selector())
	if err != nil {
		return err
	}
	f.version, f.silent = list.ResourceVersion, 0
	f.deleted = true
	for i := range list.Items {
		if f.isIt(&list.Items[i]) {
			f.deleted = false
			f.change(&list.Items[i])
		}
	}
	return nil
}

// watch learns of changes until there is nothing more to learn; otherwise it says why the watch ended.
func (f *follower) watch(ctx context.Context, p *patience) error {
	options := f.selector()
	options.ResourceVersion, options.AllowWatchBookmarks = f.version, true
	changes, err := f.evaluator.runs.Watch(ctx, options)
	if err != nil {
		return f.forgetIfExpired(err)
	}
	defer changes.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case event, open := <-changes.ResultChan():
			if !open {
				return f.dropped()
			}
			if event.Type == watch.Error {
				return f.forgetIfExpired(apierrors.FromObject(event.Object))
			}
			p.renew()
			f.silent = 0
			f.learn(event)
			if f.over() {
				return nil
			}
		}
	}
}

// learn takes over one event.
func (f *follower) learn(event watch.Event) {
	run, isRun := event.Object.(*v1alpha1.StrategyRun)
	if !isRun {
		return
	}
	f.version = run.ResourceVersion
	if event.Type == watch.Bookmark || !f.isIt(run) {
		return
	}
	f.deleted = event.Type == watch.Deleted
	f.change(run)
}

// change takes over the run as it is now. One that is the same after all is not told again.
func (f *follower) change(run *v1alpha1.StrategyRun) {
	same := run.ResourceVersion != "" && run.ResourceVersion == f.run.ResourceVersion
	f.run = run
	if !same {
		f.seen(run)
	}
}

// isIt tells the run from another that got its name after it was deleted.
func (f *follower) isIt(run *v1alpha1.StrategyRun) bool {
	return run.Name == f.run.Name && run.UID == f.run.UID
}

// dropped: a watch ended without saying why.
func (f *follower) dropped() error {
	if f.silent++; f.silent > maxSilent {
		f.version = ""
	}
	return errDropped
}

func (f *follower) forgetIfExpired(err error) error {
	if apierrors.IsResourceExpired(err) || apierrors.IsGone(err) {
		f.version = ""
	}
	return err
}

// ended says whether an error is the end of a context.
func ended(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
