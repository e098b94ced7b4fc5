package server

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/astexecutor"
	"github.com/stratbox/stratbox/internal/contract"
)

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
