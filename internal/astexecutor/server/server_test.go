package server

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

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

func TestWhoHasNoTokenLearnsNothing(t *testing.T) {
	x := start(t)
	client := x.raw(t)
	for name, header := range map[string]string{
		"no token":                "",
		"an empty token":          "Bearer ",
		"a wrong token":           "Bearer " + strings.Repeat("A", len(x.secret.token)),
		"a part of the token":     "Bearer " + x.secret.token[:20],
		"the token and more":      "Bearer " + x.secret.token + "x",
		"another scheme":          "Basic " + x.secret.token,
		"the token and no scheme": x.secret.token,
	} {
		for _, path := range []string{attempt("a", "").ID().Path(), "/", "/v1/attempts/", "/metrics"} {
			request, err := http.NewRequest(http.MethodPut, x.url+path, strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			if header != "" {
				request.Header.Set("Authorization", header)
			}
			response, err := client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(response.Body)
			response.Body.Close()
			if response.StatusCode != http.StatusUnauthorized || len(body) > 0 || err != nil {
				t.Errorf("%s at %s: %s with %q, error %v", name, path, response.Status, body, err)
			}
		}
	}
	other, err := astexecutor.New(astexecutor.Options{URL: x.url, TLS: &tls.Config{RootCAs: x.secret.roots, ServerName: serverName}, Token: func() (string, error) { return "guess", nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.Submit(context.Background(), attempt("a", "scores")); !errors.Is(err, astexecutor.ErrUnauthorized) {
		t.Errorf("error %v", err)
	}
}

func TestRequestsThatAreNoAttempts(t *testing.T) {
	x := start(t)
	client := x.raw(t)
	valid := `{"task":{"version":1,"runUID":"a","attempt":1,"dataset":"tw-daily","gateMode":"Enforce","deadlineMillis":1,"cpuMillis":1},"source":"","memoryBytes":1`
	path := attempt("a", "").ID().Path()
	for name, test := range map[string]struct {
		method, path, body string
		status             int
		says               string
	}{
		"no JSON":                      {http.MethodPut, path, "position = 1", http.StatusBadRequest, "no attempt"},
		"nothing":                      {http.MethodPut, path, "", http.StatusBadRequest, "no attempt"},
		"half of one":                  {http.MethodPut, path, valid, http.StatusBadRequest, "unexpected EOF"},
		"an unknown field":             {http.MethodPut, path, valid + `,"sandbox":true}`, http.StatusBadRequest, `unknown field \"sandbox\"`},
		"two of them":                  {http.MethodPut, path, valid + `}{}`, http.StatusBadRequest, "something follows"},
		"one and noise":                {http.MethodPut, path, valid + `}]`, http.StatusBadRequest, "no attempt"},
		"code that is no base64":       {http.MethodPut, path, strings.Replace(valid, `"source":""`, `"source":"%"`, 1) + "}", http.StatusBadRequest, "base64"},
		"a body larger than any":       {http.MethodPut, path, `{"source":"` + strings.Repeat("A", astexecutor.MaxRequestBytes) + `"}`, http.StatusRequestEntityTooLarge, "more than"},
		"another one than it says":     {http.MethodPut, attempt("b", "").ID().Path(), valid + "}", http.StatusBadRequest, "the path names attempt b-1, the task a-1"},
		"a path out of its folder":     {http.MethodGet, "/v1/attempts/..%2F..%2Fetc/1", "", http.StatusBadRequest, "names no attempt"},
		"an attempt that is no number": {http.MethodGet, "/v1/attempts/a/first", "", http.StatusBadRequest, "names no attempt"},
		"a negative attempt":           {http.MethodGet, "/v1/attempts/a/-1", "", http.StatusBadRequest, "names no attempt"},
		"a method nobody knows":        {http.MethodPost, path, valid + "}", http.StatusMethodNotAllowed, ""},
		"a path nobody knows":          {http.MethodGet, "/v2", "", http.StatusNotFound, ""},
	} {
		t.Run(name, func(t *testing.T) {
			request, err := http.NewRequest(test.method, x.url+test.path, strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Authorization", "Bearer "+x.secret.token)
			response, err := client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if response.StatusCode != test.status || !strings.Contains(string(body), test.says) || err != nil {
				t.Errorf("%s with %q, error %v; want %d with %q", response.Status, body, err, test.status, test.says)
			}
		})
	}
}

func TestAttemptsThatAreRefused(t *testing.T) {
	x := start(t)
	for name, test := range map[string]struct {
		change func(*astexecutor.Attempt)
		says   string
	}{
		"a task of another version":   {func(a *astexecutor.Attempt) { a.Task.Version = 2 }, "must be of one release"},
		"a gate that only reports":    {func(a *astexecutor.Attempt) { a.Task.GateMode = contract.GateReport }, "only Enforce is possible"},
		"no memory":                   {func(a *astexecutor.Attempt) { a.MemoryBytes = 0 }, "memoryBytes is 0"},
		"too much code":               {func(a *astexecutor.Attempt) { a.Source = make([]byte, contract.MaxSourceBytes+1) }, "131073 bytes, at most 131072"},
		"a dataset nobody mounted":    {func(a *astexecutor.Attempt) { a.Task.Dataset = "us-daily" }, "is not mounted in the executor; add its volume"},
		"a dataset out of its folder": {func(a *astexecutor.Attempt) { a.Task.Dataset = "../../etc" }, "is no name of a dataset"},
		"no dataset":                  {func(a *astexecutor.Attempt) { a.Task.Dataset = "" }, "is no name of a dataset"},
	} {
		t.Run(name, func(t *testing.T) {
			a := attempt("a", "scores")
			test.change(&a)
			_, err := x.client.Submit(context.Background(), a)
			if !is[*astexecutor.RefusedError](err) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want one with %q", err, test.says)
			}
			if report, err := x.client.Wait(context.Background(), a.ID()); err != nil || report.State != astexecutor.StateUnknown {
				t.Errorf("it is %s, error %v", report.State, err)
			}
		})
	}
	t.Run("other code under the name of one that was taken", func(t *testing.T) {
		x.submit(t, attempt("taken", "scores"))
		if _, err := x.client.Submit(context.Background(), attempt("taken", "raises")); !is[*astexecutor.RefusedError](err) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("as much code as there may be", func(t *testing.T) {
		a := attempt("long", "scores"+strings.Repeat("\n", contract.MaxSourceBytes-len("scores\n")))
		x.submit(t, a)
		if r := x.result(t, a).Record; r.Verdict != v1alpha1.VerdictCompleted {
			t.Errorf("verdict %s: %s", r.Verdict, r.Message)
		}
	})
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

func TestSlowClients(t *testing.T) {
	x := start(t, func(s *Settings) { s.Bounds.Header, s.Bounds.Body = 300*time.Millisecond, 300*time.Millisecond })
	const head = "PUT /v1/attempts/a/1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
	const tooLate, hungUp = "HTTP/1.1 408 Request Timeout", ""
	plain := func() (net.Conn, error) { return net.Dial("tcp", strings.TrimPrefix(x.url, "https://")) }
	secure := func() (net.Conn, error) {
		return tls.Dial("tcp", strings.TrimPrefix(x.url, "https://"), &tls.Config{RootCAs: x.secret.roots, ServerName: serverName})
	}
	for name, test := range map[string]struct {
		dial        func() (net.Conn, error)
		sends, want string
	}{
		"no handshake":                      {plain, "", hungUp},
		"half a handshake":                  {plain, "\x16\x03\x01", hungUp},
		"half the headers":                  {secure, head, hungUp},
		"half the body":                     {secure, head + x.secret.token + "\r\nContent-Length: 1000\r\n\r\n{\"task\":", tooLate},
		"the body in chunks that never end": {secure, head + x.secret.token + "\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", tooLate},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := test.dial()
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := io.WriteString(conn, test.sends); err != nil {
				t.Fatal(err)
			}
			// A server without bounds would leave this waiting until the test's own end.
			line, _ := bufio.NewReader(conn).ReadString('\n')
			if strings.TrimSpace(line) != test.want {
				t.Errorf("answered %q, want %q", line, test.want)
			}
		})
	}
	a := attempt("others", "scores")
	x.submit(t, a)
	if r := x.result(t, a).Record; r.Verdict != v1alpha1.VerdictCompleted {
		t.Errorf("another client's verdict is %s: %s", r.Verdict, r.Message)
	}
}

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
