package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/astexecutor"
)

func TestRotation(t *testing.T) {
	x := start(t)
	a := attempt("a", "never ends")
	x.submit(t, a)
	<-x.output.lines
	before := x.client
	x.secret.rotate(t)
	x.client = x.newClient(t)
	if _, err := before.Submit(context.Background(), a); !errors.Is(err, astexecutor.ErrUnauthorized) {
		t.Errorf("the old token: error %v", err)
	}
	if report, err := x.client.Submit(context.Background(), a); err != nil || report.State != astexecutor.StateRunning {
		t.Errorf("with the new one, the attempt is %s, error %v", report.State, err)
	}
	t.Run("while the files are broken, the last good ones hold", func(t *testing.T) {
		f := x.secret.files()
		for _, path := range []string{f.Certificate, f.Key, f.Token} {
			x.secret.write(t, path, nil)
		}
		if report, err := x.newClient(t).Cancel(context.Background(), a.ID()); err != nil || report.State != astexecutor.StateCancelled {
			t.Errorf("the attempt is %s, error %v", report.State, err)
		}
	})
}

func TestARestartIsNoticed(t *testing.T) {
	first := start(t)
	a := attempt("a", "scores")
	taken := first.submit(t, a)
	first.result(t, a)
	first.stop()
	if err := <-first.stopped; err != nil {
		t.Fatal(err)
	}
	if _, err := first.client.Wait(context.Background(), a.ID()); !is[*astexecutor.UnavailableError](err) {
		t.Errorf("between the two: error %v", err)
	}
	second := start(t)
	report, err := second.client.Wait(context.Background(), a.ID())
	if err != nil || report.State != astexecutor.StateUnknown || report.Boot == taken.Boot {
		t.Errorf("it is %s in boot %s, taken by boot %s, error %v", report.State, report.Boot, taken.Boot, err)
	}
	second.submit(t, a)
	if r := second.result(t, a).Record; r.Verdict != v1alpha1.VerdictCompleted {
		t.Errorf("verdict %s: %s", r.Verdict, r.Message)
	}
}

func TestShutdown(t *testing.T) {
	status := func(t *testing.T, url string) int {
		t.Helper()
		response, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		return response.StatusCode
	}
	for name, test := range map[string]struct {
		grace time.Duration
		want  astexecutor.State
	}{
		"what finishes within the grace has a verdict": {time.Minute, astexecutor.StateFinished},
		"what does not is interrupted":                 {0, astexecutor.StateInterrupted},
	} {
		t.Run(name, func(t *testing.T) {
			x := start(t, func(s *Settings) { s.Grace = test.grace })
			for path, want := range map[string]int{"/healthz": http.StatusOK, "/readyz": http.StatusOK, "/": http.StatusNotFound} {
				if got := status(t, x.health+path); got != want {
					t.Errorf("%s answers %d, want %d", path, got, want)
				}
			}
			a := attempt("a", "never ends")
			a.Task.DeadlineMillis = 2000
			x.submit(t, a)
			var pid int
			if _, err := fmt.Sscanf((<-x.output.lines)[len("team/run-a attempt 1: "):], "strategy stdout: pid %d", &pid); err != nil {
				t.Fatal(err)
			}
			waited := make(chan astexecutor.Report)
			go func() {
				report, err := x.client.Wait(context.Background(), a.ID())
				if err != nil {
					t.Error(err)
				}
				waited <- report
			}()
			x.stop()
			if report := <-waited; report.State != test.want {
				t.Errorf("it is %s, want %s", report.State, test.want)
			}
			if err := <-x.stopped; err != nil {
				t.Error(err)
			}
			if err := unix.Kill(pid, 0); !errors.Is(err, unix.ESRCH) {
				t.Errorf("process %d is still there: %v", pid, err)
			}
		})
	}
}

func TestNothingIsTakenDuringAShutdown(t *testing.T) {
	x := start(t, func(s *Settings) { s.Parallel = 1 })
	running, waiting := attempt("running", "never ends"), attempt("waiting", "scores")
	x.submit(t, running)
	x.submit(t, waiting)
	x.stop()
	if report := x.result(t, waiting); report.State != astexecutor.StateInterrupted || report.Record.Phase != "" {
		t.Errorf("what waited is %s, record %+v", report.State, report.Record)
	}
	_, err := x.client.Submit(context.Background(), attempt("late", "scores"))
	if !is[*astexecutor.UnavailableError](err) || !strings.Contains(err.Error(), "shutting down") {
		t.Errorf("error %v", err)
	}
	response, err := http.Get(x.health + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("/readyz answers %s", response.Status)
	}
	if report, err := x.client.Cancel(context.Background(), running.ID()); err != nil || report.State != astexecutor.StateCancelled {
		t.Errorf("what ran is %s, error %v", report.State, err)
	}
	if err := <-x.stopped; err != nil {
		t.Error(err)
	}
}

func TestServeNeedsItsSecret(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(*testing.T, *secret)
		says  string
	}{
		"no certificate":   {func(t *testing.T, s *secret) { s.write(t, s.files().Certificate, nil) }, "read the executor's certificate"},
		"a short token":    {func(t *testing.T, s *secret) { s.write(t, s.files().Token, []byte("0123456789abcde\n")) }, "15 bytes, at least 16"},
		"an empty token":   {func(t *testing.T, s *secret) { s.write(t, s.files().Token, []byte("\n\n")) }, "0 bytes"},
		"a missing folder": {func(t *testing.T, s *secret) { s.dir += "/nowhere" }, "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &secret{dir: t.TempDir()}
			s.rotate(t)
			test.spoil(t, s)
			x := start(t, func(settings *Settings) { settings.Files = s.files() })
			if err := <-x.stopped; err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want one with %q", err, test.says)
			}
		})
	}
}

func TestServeEndsWhenItsListenerDoes(t *testing.T) {
	requests, health := listen(t), listen(t)
	s := &secret{dir: t.TempDir()}
	s.rotate(t)
	requests.Close()
	settings := Settings{Files: s.files(), Parallel: 1, Keep: 1, Bounds: DefaultBounds(), Log: slog.New(slog.DiscardHandler)}
	if err := Serve(context.Background(), settings, requests, health); err == nil || !strings.Contains(err.Error(), "serve") {
		t.Errorf("error %v", err)
	}
}
