package astexecutor

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/stratbox/stratbox/internal/contract"
)

const (
	// requestTimeout bounds a request that the executor answers at once.
	requestTimeout = 15 * time.Second
	// defaultRetryAfter is for a refusal that names no time.
	defaultRetryAfter = time.Second
	maxRetryAfter     = time.Minute
)

// Options say where the executor is and how to be known to it.
type Options struct {
	// URL is the executor's base, such as https://stratbox-executor.stratbox-system:8443.
	URL string
	// TLS has the executor's certificate authority, and the server name if it is not the URL's host.
	TLS *tls.Config
	// Token is called for every request, so that a rotated token is used at once.
	Token func() (string, error)
}

// Client speaks to one executor. It is safe for concurrent use. Its methods return the context's error if that ended,
// and otherwise one of the errors of this package: ErrUnauthorized, *BusyError, *RefusedError or *UnavailableError.
type Client struct {
	base  *url.URL
	token func() (string, error)
	http  *http.Client
}

// New makes a client. It connects to nothing yet.
func New(o Options) (*Client, error) {
	base, err := url.Parse(o.URL)
	if err != nil {
		return nil, fmt.Errorf("read the executor's address: %w", err)
	}
	if base.Scheme != "https" || base.Host == "" {
		return nil, fmt.Errorf("read the executor's address: %q is not https://HOST:PORT", o.URL)
	}
	if o.TLS == nil || o.Token == nil {
		return nil, errors.New("an executor's client needs its certificate authority and a token")
	}
	return &Client{base: base, token: o.Token, http: &http.Client{
		Transport: &http.Transport{
			DialContext: dialer().DialContext, TLSClientConfig: o.TLS.Clone(), TLSHandshakeTimeout: requestTimeout,
			MaxIdleConnsPerHost: 16, IdleConnTimeout: 90 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Close drops the connections that are idle.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Submit hands the attempt over and returns at once. Submitting it again returns where it is, and executes nothing
// twice on the same boot; another attempt under the same ID is refused.
func (c *Client) Submit(ctx context.Context, a Attempt) (Report, error) {
	body, err := json.Marshal(a)
	if err != nil {
		return Report{}, fmt.Errorf("encode the attempt: %w", err)
	}
	return c.ask(ctx, http.MethodPut, a.ID(), body, requestTimeout)
}

// Wait returns as soon as the attempt is over, or with its present state after LongPoll.
func (c *Client) Wait(ctx context.Context, id ID) (Report, error) {
	return c.ask(ctx, http.MethodGet, id, nil, LongPoll+requestTimeout)
}

// Cancel takes the attempt out of the queue or kills it. One that is over stays as it is. One that is not known is
// remembered as cancelled, so that a submission still on its way is not executed.
func (c *Client) Cancel(ctx context.Context, id ID) (Report, error) {
	return c.ask(ctx, http.MethodDelete, id, nil, requestTimeout)
}

func (c *Client) ask(ctx context.Context, method string, id ID, body []byte, timeout time.Duration) (Report, error) {
	token, err := c.token()
	if err != nil {
		return Report{}, &UnavailableError{Err: fmt.Errorf("get the token: %w", err)}
	}
	bounded, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(bounded, method, c.base.JoinPath(id.Path()).String(), bytes.NewReader(body))
	if err != nil {
		return Report{}, fmt.Errorf("make the request: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := c.http.Do(request)
	if err == nil {
		defer response.Body.Close()
		var text []byte
		if text, err = io.ReadAll(io.LimitReader(response.Body, MaxReportBytes+1)); err == nil {
			return read(response, text, id)
		}
	}
	if ctx.Err() != nil {
		return Report{}, ctx.Err()
	}
	return Report{}, &UnavailableError{Err: err}
}

// read turns an answer into a report or an error.
func read(response *http.Response, text []byte, id ID) (Report, error) {
	if response.StatusCode == http.StatusUnauthorized {
		return Report{}, ErrUnauthorized
	}
	var answer Answer
	if err := json.Unmarshal(text, &answer); err != nil || len(text) > MaxReportBytes || answer.Boot == "" {
		return Report{}, &UnavailableError{Err: fmt.Errorf("it answered %s and something that is no report", response.Status)}
	}
	switch code := response.StatusCode; {
	case code == http.StatusOK:
		return report(answer, id)
	case code == http.StatusTooManyRequests:
		return Report{}, &BusyError{RetryAfter: retryAfter(response.Header.Get("Retry-After"))}
	case code >= 400 && code < 500:
		return Report{}, &RefusedError{Reason: contract.Truncate(contract.Clean(answer.Error), contract.MaxMessageBytes)}
	default:
		return Report{}, &UnavailableError{Err: fmt.Errorf("it answered %s: %s", response.Status, contract.Truncate(contract.Clean(answer.Error), contract.MaxMessageBytes))}
	}
}

func report(answer Answer, id ID) (Report, error) {
	r := Report{Boot: answer.Boot, State: answer.State}
	switch r.State {
	case StateQueued, StateCancelled, StateUnknown:
		return r, nil
	case StateRunning, StateInterrupted, StateFinished:
	default:
		return Report{}, &UnavailableError{Err: fmt.Errorf("it reported the unknown state %q", contract.Truncate(contract.Clean(string(r.State)), 64))}
	}
	if len(answer.Record) == 0 && r.State != StateFinished {
		return r, nil
	}
	var err error
	if r.Record, err = contract.DecodeRecord(string(answer.Record), id.RunUID, id.Attempt); err != nil {
		return Report{}, &UnavailableError{Err: err}
	}
	if r.State == StateFinished && r.Record.Verdict == "" {
		return Report{}, &UnavailableError{Err: errors.New("it reported an attempt as finished without a verdict")}
	}
	return r, nil
}

func retryAfter(header string) time.Duration {
	seconds, err := strconv.Atoi(header)
	if err != nil || seconds < 1 {
		return defaultRetryAfter
	}
	return min(time.Duration(seconds)*time.Second, maxRetryAfter)
}
