package astexecutor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
)

var id = ID{RunUID: "uid", Attempt: 2}

// against makes a client of a server that answers every request by answer.
func against(t *testing.T, answer http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewTLSServer(answer)
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	client, err := New(Options{URL: server.URL + "/", TLS: &tls.Config{RootCAs: roots}, Token: func() (string, error) { return "the token", nil }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func TestRequestsNameTheAttemptAndCarryTheToken(t *testing.T) {
	type request struct{ Method, Path, Authorization, Type string }
	var got []request
	client := against(t, func(w http.ResponseWriter, r *http.Request) {
		got = append(got, request{r.Method, r.URL.Path, r.Header.Get("Authorization"), r.Header.Get("Content-Type")})
		_, _ = w.Write([]byte(`{"boot":"b","state":"Queued"}`))
	})
	ctx := context.Background()
	for _, ask := range []func() (Report, error){
		func() (Report, error) {
			return client.Submit(ctx, Attempt{Task: contract.Task{RunUID: "uid", Attempt: 2}})
		},
		func() (Report, error) { return client.Wait(ctx, id) },
		func() (Report, error) { return client.Cancel(ctx, id) },
	} {
		report, err := ask()
		if diff := cmp.Diff(Report{Boot: "b", State: StateQueued}, report); diff != "" || err != nil {
			t.Errorf("error %v, report (-want +got):\n%s", err, diff)
		}
	}
	want := []request{
		{"PUT", "/v1/attempts/uid/2", "Bearer the token", "application/json"},
		{"GET", "/v1/attempts/uid/2", "Bearer the token", ""},
		{"DELETE", "/v1/attempts/uid/2", "Bearer the token", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if id.String() != "uid-2" {
		t.Errorf("the attempt is called %s", id)
	}
}

func TestAnswers(t *testing.T) {
	record := contract.Record{Version: contract.RecordVersion, RunUID: "uid", Attempt: 2, Phase: contract.PhaseExecution}
	finished := record
	finished.Phase, finished.Verdict, finished.Message = contract.PhaseFinished, v1alpha1.VerdictStrategyError, "It raised."
	const running = `"record":{"v":1,"run":"uid","attempt":2,"phase":"Execution","timings":{}}`
	const over = `"record":{"v":1,"run":"uid","attempt":2,"phase":"Finished","verdict":"StrategyError","message":"It raised.","timings":{}}`
	for name, test := range map[string]struct {
		body string
		want Report
		// says is part of the *UnavailableError, if one is expected.
		says string
	}{
		"queued":                      {`{"boot":"b","state":"Queued"}`, Report{Boot: "b", State: StateQueued}, ""},
		"running, not yet a record":   {`{"boot":"b","state":"Running"}`, Report{Boot: "b", State: StateRunning}, ""},
		"running":                     {`{"boot":"b","state":"Running",` + running + `}`, Report{Boot: "b", State: StateRunning, Record: record}, ""},
		"interrupted":                 {`{"boot":"b","state":"Interrupted",` + running + `}`, Report{Boot: "b", State: StateInterrupted, Record: record}, ""},
		"finished":                    {`{"boot":"b","state":"Finished",` + over + `}`, Report{Boot: "b", State: StateFinished, Record: finished}, ""},
		"cancelled":                   {`{"boot":"b","state":"Cancelled"}`, Report{Boot: "b", State: StateCancelled}, ""},
		"unknown":                     {`{"boot":"b","state":"Unknown"}`, Report{Boot: "b", State: StateUnknown}, ""},
		"finished without a record":   {`{"boot":"b","state":"Finished"}`, Report{}, "no verdict record"},
		"finished without a verdict":  {`{"boot":"b","state":"Finished",` + running + `}`, Report{}, "without a verdict"},
		"a record of another attempt": {`{"boot":"b","state":"Finished",` + strings.Replace(over, `"attempt":2`, `"attempt":1`, 1) + `}`, Report{}, "another run or attempt"},
		"a state nobody knows":        {`{"boot":"b","state":"Asleep"}`, Report{}, `unknown state "Asleep"`},
		"no boot":                     {`{"state":"Queued"}`, Report{}, "no report"},
		"no JSON":                     {`<html>`, Report{}, "no report"},
		"more than a report may have": {`{"boot":"b","state":"Queued"}` + strings.Repeat(" ", MaxReportBytes), Report{}, "no report"},
	} {
		t.Run(name, func(t *testing.T) {
			client := against(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(test.body)) })
			got, err := client.Wait(context.Background(), id)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("report (-want +got):\n%s", diff)
			}
			var unavailable *UnavailableError
			if test.says == "" && err != nil || test.says != "" && (!errors.As(err, &unavailable) || !strings.Contains(err.Error(), test.says)) {
				t.Errorf("error %v, want one with %q", err, test.says)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for name, test := range map[string]struct {
		status      int
		retry, body string
		want        error
	}{
		"no valid token":                  {401, "", "", ErrUnauthorized},
		"a full queue":                    {429, "7", `{"boot":"b","error":"full"}`, &BusyError{RetryAfter: 7 * time.Second}},
		"a full queue that names no time": {429, "", `{"boot":"b"}`, &BusyError{RetryAfter: time.Second}},
		"a full queue until next week":    {429, "604800", `{"boot":"b"}`, &BusyError{RetryAfter: time.Minute}},
		"a full queue since yesterday":    {429, "-5", `{"boot":"b"}`, &BusyError{RetryAfter: time.Second}},
		"an attempt that is none":         {422, "", `{"boot":"b","error":"no\u001b code"}`, &RefusedError{Reason: "no  code"}},
		"a shutdown":                      {503, "", `{"boot":"b","error":"shutting down"}`, &UnavailableError{Err: errors.New("it answered 503 Service Unavailable: shutting down")}},
		"a proxy":                         {404, "", `not found`, &UnavailableError{Err: errors.New("it answered 404 Not Found and something that is no report")}},
		"a way elsewhere":                 {307, "", `{"boot":"b"}`, &UnavailableError{Err: errors.New("it answered 307 Temporary Redirect: ")}},
	} {
		t.Run(name, func(t *testing.T) {
			client := against(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", test.retry)
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.body))
			})
			_, err := client.Submit(context.Background(), Attempt{Task: contract.Task{RunUID: "uid", Attempt: 2}})
			if err == nil || err.Error() != test.want.Error() || cmp.Diff(kind(test.want), kind(err)) != "" {
				t.Errorf("error %#v, want %#v", err, test.want)
			}
		})
	}
}

// kind is which of the package's errors err is.
func kind(err error) string {
	var busy *BusyError
	var refused *RefusedError
	var unavailable *UnavailableError
	switch {
	case errors.Is(err, ErrUnauthorized):
		return "unauthorized"
	case errors.As(err, &busy):
		return "busy"
	case errors.As(err, &refused):
		return "refused"
	case errors.As(err, &unavailable) && errors.Unwrap(unavailable) != nil:
		return "unavailable"
	}
	return "none of them"
}

func TestNobodyAnswers(t *testing.T) {
	nobody := httptest.NewTLSServer(http.NotFoundHandler())
	nobody.Close()
	for name, o := range map[string]Options{
		"no server": {URL: nobody.URL, TLS: &tls.Config{}, Token: func() (string, error) { return "t", nil }},
		"no token":  {URL: nobody.URL, TLS: &tls.Config{}, Token: func() (string, error) { return "", errors.New("the Secret is gone") }},
	} {
		client, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Wait(context.Background(), id); kind(err) != "unavailable" {
			t.Errorf("%s: error %v", name, err)
		}
	}
	t.Run("a server with another certificate", func(t *testing.T) {
		client := against(t, http.NotFound)
		other, err := New(Options{URL: client.base.String(), TLS: &tls.Config{RootCAs: x509.NewCertPool()}, Token: client.token})
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		if _, err := other.Wait(context.Background(), id); kind(err) != "unavailable" {
			t.Errorf("error %v", err)
		}
	})
	t.Run("the caller gives up", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		client := against(t, func(_ http.ResponseWriter, r *http.Request) {
			cancel()
			<-r.Context().Done()
		})
		if _, err := client.Wait(ctx, id); !errors.Is(err, context.Canceled) || kind(err) != "none of them" {
			t.Errorf("error %v", err)
		}
	})
}

func TestClientsThatCannotBeMade(t *testing.T) {
	token := func() (string, error) { return "t", nil }
	for name, o := range map[string]Options{
		"no address":               {TLS: &tls.Config{}, Token: token},
		"an address without TLS":   {URL: "http://executor:8443", TLS: &tls.Config{}, Token: token},
		"an address that is none":  {URL: "https://execu tor", TLS: &tls.Config{}, Token: token},
		"no certificate authority": {URL: "https://executor:8443", Token: token},
		"no token":                 {URL: "https://executor:8443", TLS: &tls.Config{}},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestStatesThatAreOver(t *testing.T) {
	for state, want := range map[State]bool{
		StateQueued: false, StateRunning: false, StateFinished: true, StateCancelled: true, StateInterrupted: true, StateUnknown: true,
	} {
		if state.Over() != want {
			t.Errorf("%s is over: %t", state, !want)
		}
	}
}
