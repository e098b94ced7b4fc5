package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/stratbox/stratbox/internal/astexecutor"
	"github.com/stratbox/stratbox/internal/contract"
)

// retryAfter is what a refusal for a full queue suggests, in seconds.
const retryAfter = "2"

// runUID is what the API server gives objects as their UID, and datasetName what the configuration allows. Both become
// parts of paths.
var (
	runUID      = regexp.MustCompile(`^[0-9A-Za-z-]{1,64}$`)
	datasetName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)
)

// api answers requests about attempts.
type api struct {
	boot   string
	book   *book
	engine Engine
	bounds Bounds
}

// refusal is an error with the HTTP status that tells its kind.
type refusal struct {
	status int
	reason string
}

func (r *refusal) Error() string { return r.reason }

func refuse(status int, format string, args ...any) error {
	return &refusal{status: status, reason: fmt.Sprintf(format, args...)}
}

// handler lets in who has the token. Everybody else learns nothing, not even which paths exist.
func (a *api) handler(c *credentials) http.Handler {
	const path = "/v1/attempts/{run}/{attempt}"
	mux := http.NewServeMux()
	mux.HandleFunc("PUT "+path, a.answer(a.submit))
	mux.HandleFunc("GET "+path, a.answer(a.wait))
	mux.HandleFunc("DELETE "+path, a.answer(a.cancel))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !found || !c.accepts(token) {
			w.Header().Set("Connection", "close")
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// answer writes what a method returns.
func (a *api) answer(method func(http.ResponseWriter, *http.Request, astexecutor.ID) (page, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		status, answer := http.StatusOK, astexecutor.Answer{Boot: a.boot}
		id, err := identify(r)
		var p page
		if err == nil {
			p, err = method(w, r, id)
		}
		if err == nil && p.record != nil {
			answer.Record, err = p.record.Encode()
		}
		answer.State = p.state
		if err != nil {
			status, answer = http.StatusInternalServerError, astexecutor.Answer{Boot: a.boot, Error: contract.Truncate(contract.Clean(err.Error()), contract.MaxMessageBytes)}
			var refused *refusal
			if errors.As(err, &refused) {
				status = refused.status
			}
		}
		w.Header().Set("Content-Type", "application/json")
		if status == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(answer) // who asked may be gone
	}
}

func identify(r *http.Request) (astexecutor.ID, error) {
	id := astexecutor.ID{RunUID: r.PathValue("run")}
	attempt, err := strconv.ParseInt(r.PathValue("attempt"), 10, 32)
	if err != nil || attempt < 0 || !runUID.MatchString(id.RunUID) {
		return id, refuse(http.StatusBadRequest, "the path names no attempt; it is /v1/attempts/RUN-UID/NUMBER")
	}
	id.Attempt = int32(attempt)
	return id, nil
}

func (a *api) submit(w http.ResponseWriter, r *http.Request, id astexecutor.ID) (page, error) {
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(a.bounds.Body)); err != nil {
		return page{}, fmt.Errorf("bound the request: %w", err)
	}
	attempt, err := decode(http.MaxBytesReader(w, r.Body, astexecutor.MaxRequestBytes))
	if err != nil {
		return page{}, err
	}
	if err := a.check(attempt, id); err != nil {
		return page{}, err
	}
	p, err := a.book.submit(attempt)
	switch {
	case errors.Is(err, errFull):
		return p, refuse(http.StatusTooManyRequests, "%s", err)
	case errors.Is(err, errClosed):
		return p, refuse(http.StatusServiceUnavailable, "%s", err)
	case errors.Is(err, errDifferent):
		return p, refuse(http.StatusConflict, "%s", err)
	}
	return p, err
}

// decode reads one attempt and nothing else.
func decode(body io.Reader) (astexecutor.Attempt, error) {
	var attempt astexecutor.Attempt
	decoder := json.NewDecoder(body)
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&attempt)
	if err == nil {
		if _, err = decoder.Token(); errors.Is(err, io.EOF) {
			return attempt, nil
		}
		if err == nil {
			err = errors.New("something follows the attempt")
		}
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return attempt, refuse(http.StatusRequestEntityTooLarge, "the request has more than %d bytes", tooLarge.Limit)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return attempt, refuse(http.StatusRequestTimeout, "the request did not arrive in time")
	}
	return attempt, refuse(http.StatusBadRequest, "the request is no attempt: %s", err)
}

// check holds an attempt to what this executor can do.
func (a *api) check(attempt astexecutor.Attempt, id astexecutor.ID) error {
	task := attempt.Task
	if err := task.Validate(); err != nil {
		return refuse(http.StatusUnprocessableEntity, "the task: %s", err)
	}
	switch {
	case attempt.ID() != id:
		return refuse(http.StatusBadRequest, "the path names attempt %s, the task %s", id, attempt.ID())
	case len(attempt.Source) > contract.MaxSourceBytes:
		return refuse(http.StatusRequestEntityTooLarge, "the code has %d bytes, at most %d are allowed", len(attempt.Source), contract.MaxSourceBytes)
	case task.GateMode != contract.GateEnforce:
		return refuse(http.StatusUnprocessableEntity, "gateMode is %s; without a sandbox only %s is possible", task.GateMode, contract.GateEnforce)
	case attempt.MemoryBytes <= 0:
		return refuse(http.StatusUnprocessableEntity, "memoryBytes is %d, must be above 0", attempt.MemoryBytes)
	case !datasetName.MatchString(task.Dataset):
		return refuse(http.StatusUnprocessableEntity, "%q is no name of a dataset", task.Dataset)
	}
	if info, err := os.Stat(a.engine.datasetDir(task.Dataset)); err != nil || !info.IsDir() {
		return refuse(http.StatusUnprocessableEntity, "the dataset %q is not mounted in the executor; add its volume to the executor's Deployment at %s",
			task.Dataset, a.engine.datasetDir(task.Dataset))
	}
	return nil
}

func (a *api) wait(_ http.ResponseWriter, r *http.Request, id astexecutor.ID) (page, error) {
	p := a.book.look(id)
	if p.settled == nil {
		return p, nil
	}
	timer := time.NewTimer(a.bounds.LongPoll)
	defer timer.Stop()
	select {
	case <-p.settled:
	case <-timer.C:
	case <-r.Context().Done():
	}
	return a.book.look(id), nil
}

func (a *api) cancel(_ http.ResponseWriter, _ *http.Request, id astexecutor.ID) (page, error) {
	return a.book.cancel(id), nil
}
