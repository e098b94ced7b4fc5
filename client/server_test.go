package client

import (
	"errors"
	"io"
	"log/slog"
	"net/url"
	"sync"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	clienttesting "k8s.io/client-go/testing"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/client/clientset/fake"
)

// server answers each kind of request with what a test has written down for it, in that order.
type server struct {
	t       *testing.T
	clients *fake.Clientset
	mutex   sync.Mutex
	answers map[string][]any
	asked   []string
}

func newServer(t *testing.T) *server {
	s := &server{t: t, clients: fake.NewSimpleClientset(), answers: map[string][]any{}}
	s.clients.PrependReactor("*", "*", func(action clienttesting.Action) (bool, runtime.Object, error) {
		switch answer := s.next(action).(type) {
		case error:
			return true, nil, answer
		case *v1alpha1.StrategyRun:
			return true, answer, nil
		case *v1alpha1.StrategyRunList:
			return true, answer, nil
		default:
			return true, &v1alpha1.StrategyRun{}, nil
		}
	})
	s.clients.PrependWatchReactor("*", func(action clienttesting.Action) (bool, watch.Interface, error) {
		switch answer := s.next(action).(type) {
		case error:
			return true, nil, answer
		case []watch.Event:
			watcher := watch.NewFakeWithChanSize(len(answer), false)
			for _, event := range answer {
				watcher.Action(event.Type, event.Object)
			}
			watcher.Stop()
			return true, watcher, nil
		default:
			return true, watch.NewFake(), nil
		}
	})
	return s
}

// on writes down the answers to requests of a kind.
func (s *server) on(verb string, answers ...any) *server {
	s.answers[verb] = append(s.answers[verb], answers...)
	return s
}

func (s *server) next(action clienttesting.Action) any {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	verb := action.GetVerb()
	said := verb
	if watching, isWatch := action.(clienttesting.WatchActionImpl); isWatch {
		said += "@" + watching.ListOptions.ResourceVersion
	}
	s.asked = append(s.asked, said)
	if len(s.answers[verb]) == 0 {
		s.t.Errorf("an unexpected request: %s", said)
		return apierrors.NewBadRequest("unexpected")
	}
	answer := s.answers[verb][0]
	s.answers[verb] = s.answers[verb][1:]
	return answer
}

// evaluator asks the server again without waiting.
func (s *server) evaluator(change func(*Options)) *Evaluator {
	options := Options{Namespace: "loop", Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
	if change != nil {
		change(&options)
	}
	e := New(s.clients, options)
	e.backoff.Duration, e.backoff.Cap = time.Nanosecond, time.Microsecond
	return e
}

var momentum = Strategy{ID: "gen1/momentum", Source: "code", Name: "momentum-1"}

// at is momentum's run at a version, still under way.
func at(version string) *v1alpha1.StrategyRun {
	run := endedRun("Running", "", func(run *v1alpha1.StrategyRun) { run.Status.Conditions[0].Status = metav1.ConditionFalse })
	run.UID, run.ResourceVersion, run.Spec.Source.Inline = "uid-1", version, "code"
	return run
}

// doneAt is momentum's run at a version, out of memory.
func doneAt(version string) *v1alpha1.StrategyRun {
	run := at(version)
	run.Status.Conditions = endedRun(v1alpha1.VerdictOOMKilled, "too much", nil).Status.Conditions
	return run
}

func changedTo(run *v1alpha1.StrategyRun) watch.Event {
	return watch.Event{Type: watch.Modified, Object: run}
}

func deletedAs(run *v1alpha1.StrategyRun) watch.Event {
	return watch.Event{Type: watch.Deleted, Object: run}
}

func bookmark(version string) watch.Event {
	return watch.Event{Type: watch.Bookmark, Object: &v1alpha1.StrategyRun{ObjectMeta: metav1.ObjectMeta{ResourceVersion: version}}}
}

// listed is a list at version 40.
func listed(runs ...*v1alpha1.StrategyRun) *v1alpha1.StrategyRunList {
	list := &v1alpha1.StrategyRunList{ListMeta: metav1.ListMeta{ResourceVersion: "40"}}
	for _, run := range runs {
		list.Items = append(list.Items, *run)
	}
	return list
}

func somebodyElses(run *v1alpha1.StrategyRun) *v1alpha1.StrategyRun {
	run.UID = types.UID("uid-2")
	return run
}

var (
	resourceOfRuns = v1alpha1.Resource("strategyruns")
	errTaken       = apierrors.NewAlreadyExists(resourceOfRuns, "momentum-1")
	errMissing     = apierrors.NewNotFound(resourceOfRuns, "momentum-1")
	errForbidden   = apierrors.NewForbidden(resourceOfRuns, "momentum-1", errors.New("no rights"))
	errConflict    = apierrors.NewConflict(resourceOfRuns, "momentum-1", errors.New("other UID"))
	errExpired     = apierrors.NewResourceExpired("too old resource version")
	errBusy        = apierrors.NewTooManyRequestsError("busy")
	errInternal    = apierrors.NewInternalError(errors.New("etcd is away"))
	errInvalid     = apierrors.NewInvalid(v1alpha1.GroupVersion.WithKind("StrategyRun").GroupKind(), "momentum-1", nil)
	errNetwork     = &url.Error{Op: "Post", URL: "https://203.0.113.1", Err: io.ErrUnexpectedEOF}
)

func expired() watch.Event {
	status := errExpired.Status()
	return watch.Event{Type: watch.Error, Object: &status}
}
