package astexecutor

import (
	"errors"
	"fmt"
	"time"
)

// ErrUnauthorized says that the executor does not know the token. After a rotation it may take the kubelet a minute or
// two to bring the new one to the executor, so it is worth trying again.
var ErrUnauthorized = errors.New("the executor does not accept the token")

// BusyError says that the executor's queue is full. Nothing was taken; try again later.
type BusyError struct {
	// RetryAfter is when it makes sense to try again.
	RetryAfter time.Duration
}

func (e *BusyError) Error() string {
	return fmt.Sprintf("the executor's queue is full; try again in %s", e.RetryAfter)
}

// RefusedError says that the executor will never take this attempt as it is.
type RefusedError struct {
	// Reason is a sentence for the run's author or the cluster's administrator.
	Reason string
}

func (e *RefusedError) Error() string { return "the executor refused the attempt: " + e.Reason }

// UnavailableError says that the executor could not be asked, or did not answer as an executor does. Whether the request
// was obeyed is not known; sending it again is safe.
type UnavailableError struct{ Err error }

func (e *UnavailableError) Error() string { return "the executor is not available: " + e.Err.Error() }

func (e *UnavailableError) Unwrap() error { return e.Err }
