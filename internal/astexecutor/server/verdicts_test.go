package server

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/astexecutor"
	"github.com/stratbox/stratbox/internal/contract"
)

func TestVerdicts(t *testing.T) {
	x := start(t)
	for name, test := range map[string]struct {
		script  string
		change  func(*astexecutor.Attempt)
		verdict v1alpha1.Verdict
		message string
	}{
		"an honest strategy is scored":            {script: "scores", verdict: v1alpha1.VerdictCompleted},
		"the gate refuses":                        {script: "is rejected", verdict: v1alpha1.VerdictASTRejected, message: "at line 2 (import-not-allowed)"},
		"an exception":                            {script: "raises", verdict: v1alpha1.VerdictStrategyError, message: "ZeroDivisionError at line 12"},
		"too much memory by the executor's limit": {script: "takes memory", verdict: v1alpha1.VerdictOOMKilled, message: "more than the 64 MiB it may use"},
		"too much memory by the run's": {script: "takes memory", verdict: v1alpha1.VerdictOOMKilled, message: "more than the 48 MiB it may use",
			change: func(a *astexecutor.Attempt) { a.MemoryBytes = 48 << 20 }},
		"too much CPU time": {script: "computes", verdict: v1alpha1.VerdictCPUTimeExceeded, message: "300ms",
			change: func(a *astexecutor.Attempt) { a.Task.CPUMillis = 300 }},
		"too long": {script: "never ends", verdict: v1alpha1.VerdictDeadlineExceeded, message: "300ms",
			change: func(a *astexecutor.Attempt) { a.Task.DeadlineMillis = 300 }},
	} {
		t.Run(name, func(t *testing.T) {
			a := attempt(strings.Map(alphanumeric, name), test.script)
			if test.change != nil {
				test.change(&a)
			}
			taken := x.submit(t, a)
			report := x.result(t, a)
			if report.State != astexecutor.StateFinished || report.Record.Verdict != test.verdict || !strings.Contains(report.Record.Message, test.message) {
				t.Errorf("%s, %s: %s\noutput: %s", report.State, report.Record.Verdict, report.Record.Message, x.output)
			}
			if report.Boot == "" || report.Boot != taken.Boot {
				t.Errorf("taken by boot %q, finished by %q", taken.Boot, report.Boot)
			}
			if r := report.Record; r.Sealed || r.Policy != "" || !strings.HasPrefix(r.Dataset, "sha256:") {
				t.Errorf("record %+v", r)
			}
			if (report.Record.Metrics["trades"] == "1") != (test.verdict == v1alpha1.VerdictCompleted) {
				t.Errorf("metrics %v", report.Record.Metrics)
			}
		})
	}
	if !strings.Contains(x.output.String(), "strategy stdout: hello\n") || !strings.Contains(x.output.String(), "team/run-") {
		t.Errorf("output %q", x.output)
	}
}

// alphanumeric leaves what may be in a run's UID.
func alphanumeric(r rune) rune {
	if r < 'a' || r > 'z' {
		return -1
	}
	return r
}

func TestAPanicOfTheEngineEndsOneAttempt(t *testing.T) {
	x := start(t, func(s *Settings) {
		s.Engine.Command = func(_ string, task contract.Task) (command, env []string) {
			if task.RunUID == "panics" {
				panic("no command for this one")
			}
			return childCommand()
		}
	})
	bad, good := attempt("panics", "scores"), attempt("good", "scores")
	x.submit(t, bad)
	x.submit(t, good)
	if r := x.result(t, bad).Record; r.Verdict != v1alpha1.VerdictRunnerFailed || !strings.Contains(r.Message, "its log says where") {
		t.Errorf("verdict %s: %s", r.Verdict, r.Message)
	}
	if r := x.result(t, good).Record; r.Verdict != v1alpha1.VerdictCompleted {
		t.Errorf("verdict %s: %s", r.Verdict, r.Message)
	}
}

func TestManyAtOnce(t *testing.T) {
	var executed atomic.Int64
	x := start(t, func(s *Settings) {
		s.Parallel, s.Queue = 2, 30
		s.Engine.Command = func(string, contract.Task) (command, env []string) {
			executed.Add(1)
			return childCommand()
		}
	})
	const all = 200
	var taken, busy atomic.Int64
	var wait sync.WaitGroup
	for i := range all {
		wait.Go(func() {
			a := attempt(fmt.Sprint("many-", i), "scores")
			_, err := x.client.Submit(context.Background(), a)
			var full *astexecutor.BusyError
			switch {
			case errors.As(err, &full):
				busy.Add(1)
				if full.RetryAfter != 2*time.Second {
					t.Errorf("retry after %s", full.RetryAfter)
				}
				return
			case err != nil:
				t.Error(err)
				return
			}
			taken.Add(1)
			if report := x.result(t, a); report.Record.Verdict != v1alpha1.VerdictCompleted {
				t.Errorf("%s, %s: %s", report.State, report.Record.Verdict, report.Record.Message)
			}
		})
	}
	wait.Wait()
	if taken.Load() < 32 || taken.Load()+busy.Load() != all || executed.Load() != taken.Load() {
		t.Errorf("%d taken, %d told to come back, %d executed", taken.Load(), busy.Load(), executed.Load())
	}
}

func TestWaitingEndsWithTheBoundOrTheAttempt(t *testing.T) {
	x := start(t, func(s *Settings) { s.Bounds.LongPoll = 0 })
	a := attempt("a", "never ends")
	x.submit(t, a)
	<-x.output.lines // it runs
	report, err := x.client.Wait(context.Background(), a.ID())
	if err != nil || report.State != astexecutor.StateRunning || report.Record.Phase != contract.PhaseExecution || report.Record.Verdict != "" {
		t.Errorf("%s, record %+v, error %v", report.State, report.Record, err)
	}
	if report, err = x.client.Cancel(context.Background(), a.ID()); err != nil || report.State != astexecutor.StateCancelled {
		t.Errorf("%s, error %v", report.State, err)
	}
	if report, err = x.client.Wait(context.Background(), a.ID()); err != nil || report.State != astexecutor.StateCancelled {
		t.Errorf("%s, error %v", report.State, err)
	}
}

func TestWhoWaitsMayGiveUp(t *testing.T) {
	x := start(t)
	a := attempt("a", "never ends")
	x.submit(t, a)
	ctx, cancel := context.WithCancel(context.Background())
	waited := make(chan error)
	go func() {
		_, err := x.client.Wait(ctx, a.ID())
		waited <- err
	}()
	<-x.output.lines
	cancel()
	if err := <-waited; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := x.client.Cancel(context.Background(), a.ID()); err != nil {
		t.Error(err)
	}
}
