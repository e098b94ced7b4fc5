package client

import (
	"errors"
	"fmt"
	"net/http"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// RefusedError says that the API server will not do what it was asked, however often. Its cause can be examined with
// the functions of k8s.io/apimachinery/pkg/api/errors, or is ErrNameTaken.
type RefusedError struct {
	// Doing is what was attempted, with namespace and name of the StrategyRun.
	Doing string
	// Cause is what the API server said.
	Cause error
}

func (e *RefusedError) Error() string { return fmt.Sprintf("%s: refused: %v", e.Doing, e.Cause) }

// Unwrap gives the cause.
func (e *RefusedError) Unwrap() error { return e.Cause }

// ErrNameTaken says that a StrategyRun of the same name evaluates something else.
var ErrNameTaken = errors.New("another StrategyRun has this name")

// ErrDeleted says that somebody deleted a StrategyRun before it had a verdict.
var ErrDeleted = errors.New("it was deleted before it had a verdict")

// errDropped: a watch ended without saying why, as watches do.
var errDropped = errors.New("the watch ended")

// refusal says whether an answer of the API server is final.
type refusal int

const (
	// passing: the API server, or the way to it, is in trouble.
	passing refusal = iota
	// doubtful: an API server that has just started has not read who may do what and refuses everybody.
	doubtful
	// final: asking again would be answered the same.
	final
)

func refusalOf(err error) refusal {
	var status apierrors.APIStatus
	switch {
	case errors.Is(err, ErrNameTaken):
		return final
	case !errors.As(err, &status):
		return passing
	}
	switch code := status.Status().Code; {
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return doubtful
	case code == http.StatusConflict, code == http.StatusGone, code == http.StatusTooManyRequests, code == http.StatusRequestTimeout:
		return passing
	case code >= 400 && code < 500:
		return final
	default:
		return passing
	}
}
