package client

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	clienttesting "k8s.io/client-go/testing"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/client/clientset/fake"
)

func TestEvaluateReadsTheVerdictOnce(t *testing.T) {
	const deleted = "waiting for StrategyRun loop/momentum-1: it was deleted before it had a verdict"
	for name, test := range map[string]struct {
		server func(*server)
		delete bool
		// asked are the requests in order.
		asked []string
		// reason is "too much" if the verdict was read.
		reason string
	}{
		"a run is created and watched from there": {
			server: func(s *server) {
				s.on("create", at("5")).on("watch", []watch.Event{changedTo(at("6")), changedTo(doneAt("7"))})
			},
			asked: []string{"create", "watch@5"},
		},
		"a run that exists already and has ended is read": {
			server: func(s *server) { s.on("create", errTaken).on("get", doneAt("7")) },
			asked:  []string{"create", "get"},
		},
		"a run that exists already is waited for": {
			server: func(s *server) {
				s.on("create", errTaken).on("get", at("5")).on("watch", []watch.Event{changedTo(doneAt("7"))})
			},
			asked: []string{"create", "get", "watch@5"},
		},
		"a creation whose answer was lost is not done twice": {
			server: func(s *server) { s.on("create", errNetwork, errTaken).on("get", doneAt("7")) },
			asked:  []string{"create", "create", "get"},
		},
		"a run that vanishes while it is taken over is created": {
			server: func(s *server) {
				gone := at("5")
				gone.DeletionTimestamp = &metav1.Time{}
				s.on("create", errTaken, errTaken, doneAt("9")).on("get", gone, errMissing)
			},
			asked: []string{"create", "get", "create", "get", "create"},
		},
		"a dropped watch is taken up where it ended": {
			server: func(s *server) {
				s.on("create", at("5")).on("watch",
					[]watch.Event{changedTo(at("6"))}, []watch.Event{bookmark("8")}, []watch.Event{}, []watch.Event{changedTo(doneAt("9"))})
			},
			asked: []string{"create", "watch@5", "watch@6", "watch@8", "watch@8"},
		},
		"where no watch lives long enough for news the run is read": {
			server: func(s *server) {
				s.on("create", at("5")).on("watch", slices.Repeat([]any{[]watch.Event{}}, 2*(maxSilent+1))...).
					on("list", listed(at("5")), listed(doneAt("41")))
			},
			asked: []string{
				"create", "watch@5", "watch@5", "watch@5", "watch@5", "list", "watch@40", "watch@40", "watch@40", "watch@40", "list",
			},
		},
		"what the API server has forgotten is read anew": {
			server: func(s *server) {
				s.on("create", at("5")).on("watch", errExpired, []watch.Event{changedTo(doneAt("41"))}).on("list", listed(at("5")))
			},
			asked: []string{"create", "watch@5", "list", "watch@40"},
		},
		"a watch that expires on its way ends in a list": {
			server: func(s *server) {
				s.on("create", at("5")).on("watch", []watch.Event{changedTo(at("6")), expired()}).on("list", errBusy, listed(doneAt("7")))
			},
			asked: []string{"create", "watch@5", "list", "list"},
		},
		"an API server that is away is waited out": {
			server: func(s *server) {
				s.on("create", errNetwork, errInternal, errBusy, at("5")).on("watch", errNetwork, errInternal, []watch.Event{changedTo(doneAt("7"))})
			},
			asked: []string{"create", "create", "create", "create", "watch@5", "watch@5", "watch@5"},
		},
		"an API server that has just started may refuse everybody": {
			server: func(s *server) { s.on("create", errForbidden, errForbidden, errForbidden, doneAt("5")) },
			asked:  []string{"create", "create", "create", "create"},
		},
		"other runs are not its business": {
			server: func(s *server) {
				other := doneAt("6")
				other.Name = "other"
				s.on("create", at("5")).on("watch", []watch.Event{changedTo(other), changedTo(doneAt("7"))})
			},
			asked: []string{"create", "watch@5"},
		},
		"an event that is no run is no news": {
			server: func(s *server) {
				s.on("create", at("5")).on("watch", []watch.Event{{Type: watch.Modified, Object: &metav1.Status{}}, changedTo(doneAt("7"))})
			},
			asked: []string{"create", "watch@5"},
		},
		"a run that has ended and was deleted at once still has its verdict": {
			server: func(s *server) { s.on("create", at("5")).on("watch", []watch.Event{deletedAs(doneAt("7"))}) },
			asked:  []string{"create", "watch@5"},
		},
		"a run that was deleted has no verdict": {
			server: func(s *server) { s.on("create", at("5")).on("watch", []watch.Event{deletedAs(at("7"))}) },
			asked:  []string{"create", "watch@5"},
			reason: deleted,
		},
		"a run that was deleted while nobody watched has no verdict": {
			server: func(s *server) { s.on("create", at("5")).on("watch", errExpired).on("list", listed()) },
			asked:  []string{"create", "watch@5", "list"},
			reason: deleted,
		},
		"another run that got the name is not believed": {
			server: func(s *server) {
				s.on("create", at("5")).on("watch", errExpired).on("list", listed(somebodyElses(doneAt("39"))))
			},
			asked:  []string{"create", "watch@5", "list"},
			reason: deleted,
		},
		"a run is deleted when it was read": {
			server: func(s *server) { s.on("create", doneAt("5")).on("delete", "done") },
			delete: true,
			asked:  []string{"create", "delete"},
		},
		"a deletion is tried again": {
			server: func(s *server) { s.on("create", doneAt("5")).on("delete", errNetwork, errInternal, errMissing) },
			delete: true,
			asked:  []string{"create", "delete", "delete", "delete"},
		},
		"a run that is another by now is not deleted": {
			server: func(s *server) { s.on("create", doneAt("5")).on("delete", errConflict) },
			delete: true,
			asked:  []string{"create", "delete"},
		},
		"without the right to delete the run is left to its TTL": {
			server: func(s *server) { s.on("create", doneAt("5")).on("delete", errForbidden) },
			delete: true,
			asked:  []string{"create", "delete"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			test.server(s)
			got, err := s.evaluator(func(o *Options) { o.DeleteAfter = test.delete }).Evaluate(t.Context(), momentum)
			if err != nil {
				t.Fatal(err)
			}
			want := Outcome{
				Strategy: "gen1/momentum", Run: "momentum-1", Mode: v1alpha1.ModeSandbox,
				Class: Skip, Verdict: v1alpha1.VerdictOOMKilled, Reason: "too much",
			}
			if test.reason != "" {
				want.Class, want.Verdict, want.Reason = InfrastructureError, "", test.reason
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if diff := cmp.Diff(test.asked, s.asked); diff != "" {
				t.Errorf("requests: -want +got:\n%s", diff)
			}
		})
	}
}

func TestFollowTellsOfEveryChangeOnce(t *testing.T) {
	s := newServer(t).on("watch",
		[]watch.Event{changedTo(at("11")), bookmark("12")},
		apierrors.NewResourceExpired("too old"),
		[]watch.Event{changedTo(doneAt("41"))},
	).on("list", listed(at("11")))
	var versions []string
	last, err := s.evaluator(nil).Follow(t.Context(), at("10"), func(run *v1alpha1.StrategyRun) {
		versions = append(versions, run.ResourceVersion)
	})
	if err != nil || last.ResourceVersion != "41" {
		t.Errorf("%v, %v", last.ResourceVersion, err)
	}
	if diff := cmp.Diff([]string{"10", "11", "41"}, versions); diff != "" {
		t.Error(diff)
	}
}

func TestFollowSaysThatTheRunWasDeleted(t *testing.T) {
	s := newServer(t).on("watch", []watch.Event{deletedAs(at("11"))})
	_, err := s.evaluator(nil).Follow(t.Context(), at("10"), func(*v1alpha1.StrategyRun) {})
	if !errors.Is(err, ErrDeleted) {
		t.Error(err)
	}
}

func TestEvaluateFailsWhereTheAPIServerRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		server func(*server)
		class  Class
		is     func(error) bool
		says   string
	}{
		"an invalid strategy": {
			func(s *server) { s.on("create", errInvalid) },
			Skip, apierrors.IsInvalid, "submitting StrategyRun loop/momentum-1: refused:",
		},
		"a namespace that does not exist": {
			func(s *server) { s.on("create", errMissing) },
			InfrastructureError, apierrors.IsNotFound, "refused:",
		},
		"missing rights, after it was asked for some time": {
			func(s *server) { s.on("create", slices.Repeat([]any{errForbidden}, maxDoubts+1)...) },
			InfrastructureError, apierrors.IsForbidden, "no rights",
		},
		"missing rights to watch": {
			func(s *server) {
				s.on("create", at("5")).on("watch", slices.Repeat([]any{errForbidden}, maxDoubts+1)...)
			},
			InfrastructureError, apierrors.IsForbidden, "waiting for StrategyRun loop/momentum-1: refused:",
		},
		"missing rights to read what exists already": {
			func(s *server) {
				s.on("create", slices.Repeat([]any{errTaken}, maxDoubts+1)...).on("get", slices.Repeat([]any{errForbidden}, maxDoubts+1)...)
			},
			InfrastructureError, apierrors.IsForbidden, "refused:",
		},
		"a name that another strategy has": {
			func(s *server) {
				other := at("5")
				other.Spec.Source.Inline = "other code"
				s.on("create", errTaken).on("get", other)
			},
			InfrastructureError, func(err error) bool { return errors.Is(err, ErrNameTaken) },
			"refused: another StrategyRun has this name and differs in spec.source",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			test.server(s)
			outcome, err := s.evaluator(nil).Evaluate(t.Context(), momentum)
			var refused *RefusedError
			if !errors.As(err, &refused) || !test.is(err) || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("error is %v", err)
			}
			if outcome.Class != test.class || outcome.Reason != err.Error() || outcome.Run != "momentum-1" {
				t.Errorf("outcome is %+v", outcome)
			}
		})
	}
}

func TestEvaluateEndsWithItsContext(t *testing.T) {
	for name, test := range map[string]struct {
		server func(*server, context.CancelFunc)
		says   string
	}{
		"while nothing answers": {
			func(s *server, cancel context.CancelFunc) {
				s.on("create", errNetwork)
				s.clients.PrependReactor("create", "*", func(clienttesting.Action) (bool, runtime.Object, error) {
					cancel()
					return false, nil, nil
				})
			},
			"submitting StrategyRun loop/momentum-1: context canceled; the last answer was: Post",
		},
		"while it watches": {
			func(s *server, cancel context.CancelFunc) {
				s.on("create", at("5")).on("watch", "silence")
				s.clients.PrependWatchReactor("*", func(clienttesting.Action) (bool, watch.Interface, error) {
					cancel()
					return false, nil, nil
				})
			},
			"waiting for StrategyRun loop/momentum-1: context canceled",
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			s := newServer(t)
			test.server(s, cancel)
			outcome, err := s.evaluator(nil).Evaluate(ctx, momentum)
			if !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), test.says) {
				t.Fatalf("error is %v", err)
			}
			if outcome.Class != InfrastructureError || outcome.Reason != err.Error() {
				t.Errorf("outcome is %+v", outcome)
			}
		})
	}
}

func TestEvaluateEndsWithItsContextBetweenTwoTries(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := newServer(t).on("create", errInternal)
	e := s.evaluator(nil)
	e.backoff.Duration, e.backoff.Cap = time.Hour, time.Hour
	// The line about the trouble is written just before the wait.
	e.log = slog.New(slog.NewTextHandler(writer(func([]byte) { cancel() }), nil))
	if _, err := e.Evaluate(ctx, momentum); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "etcd is away") {
		t.Fatalf("error is %v", err)
	}
}

type writer func([]byte)

func (w writer) Write(line []byte) (int, error) { w(line); return len(line), nil }

func TestTheLogTellsOfTroubleOnceAndOfFallbacks(t *testing.T) {
	fellBack := doneAt("7")
	fellBack.Status.ExecutedMode = v1alpha1.ModeASTOnly
	fellBack.Status.Attempts = []v1alpha1.Attempt{{
		Mode: v1alpha1.ModeSandbox, Verdict: v1alpha1.VerdictSeccompProfileMissing, Message: "node0 has no profile",
	}}
	s := newServer(t).on("create", errInternal, errInternal, errInternal, at("5")).
		on("watch", errInternal, []watch.Event{changedTo(at("6"))}, errInternal, errInternal, []watch.Event{changedTo(fellBack)}).
		on("delete", errForbidden)
	var log bytes.Buffer
	e := s.evaluator(func(o *Options) { o.Logger, o.DeleteAfter = slog.New(slog.NewTextHandler(&log, nil)), true })
	if _, err := e.Evaluate(t.Context(), momentum); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int{
		"level=WARN": 5,
		`trying again" doing="submitting StrategyRun loop/momentum-1"`:                      1,
		`trying again" doing="waiting for StrategyRun loop/momentum-1"`:                     2,
		`run=momentum-1 sandboxVerdict=SeccompProfileMissing reason="node0 has no profile"`: 1,
		`left to its TTL" run=momentum-1`:                                                   1,
	} {
		if got := strings.Count(log.String(), text); got != want {
			t.Errorf("%d lines with %q, want %d, in:\n%s", got, text, want, log.String())
		}
	}
}

func TestNewFillsInWhatIsLeftOut(t *testing.T) {
	e := New(fake.NewSimpleClientset(), Options{})
	if e.options.Namespace != DefaultNamespace || e.log != slog.Default() {
		t.Errorf("namespace is %q, log is %v", e.options.Namespace, e.log)
	}
}

func TestRefusalOf(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		want refusal
	}{
		"a broken connection":           {errNetwork, passing},
		"too many requests":             {errBusy, passing},
		"an expired version":            {errExpired, passing},
		"a conflict":                    {errConflict, passing},
		"an internal error":             {errInternal, passing},
		"a timeout of the API server":   {apierrors.NewTimeoutError("slow", 1), passing},
		"a request that took too long":  {&apierrors.StatusError{ErrStatus: metav1.Status{Code: http.StatusRequestTimeout}}, passing},
		"an answer without a code":      {&apierrors.StatusError{}, passing},
		"missing rights":                {errForbidden, doubtful},
		"a token that nobody knows":     {apierrors.NewUnauthorized("who are you"), doubtful},
		"an invalid object":             {errInvalid, final},
		"an object that does not exist": {errMissing, final},
		"a taken name":                  {ErrNameTaken, final},
	} {
		t.Run(name, func(t *testing.T) {
			if got := refusalOf(test.err); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}
