package supervise

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/stratbox/stratbox/internal/seccomp"
)

// Steps that the process reports on the control socket.
const (
	stepImports = "imports"
	stepData    = "data"
	stepSealed  = "sealed"
)

// maxControlBytes bounds a message of the process on the control socket. Only trusted code speaks there.
const maxControlBytes = 16 << 10

// controlMessage is what the process says on the control socket: a step is done, or something failed.
type controlMessage struct {
	Step string `json:"step,omitempty"`
	// Error is the sentence to show when the process cannot go on.
	Error string `json:"error,omitempty"`
	// Probes are the errnos that the calls of the self-test were answered, in the order of startMessage.
	Probes []int `json:"probes,omitempty"`
}

// startMessage is our only message: load this filter and probe these calls, or go on without one if it is empty.
type startMessage struct {
	Program []byte   `json:"program"`
	Probes  []uint32 `json:"probes"`
}

// processError is a failure that the process itself reported.
type processError struct{ sentence string }

func (e *processError) Error() string { return e.sentence }

var errControlEnded = errors.New("the strategy's process ended early; its output is in the container's log")

// expectStep reads the next message and requires it to be the given step.
func expectStep(control *net.UnixConn, step string) (controlMessage, error) {
	buffer := make([]byte, maxControlBytes)
	n, err := control.Read(buffer)
	switch {
	case errors.Is(err, net.ErrClosed) || (err == nil && n == 0) || isEOF(err):
		return controlMessage{}, errControlEnded
	case err != nil:
		return controlMessage{}, fmt.Errorf("read the control socket: %w", err)
	}
	var m controlMessage
	decoder := json.NewDecoder(bytes.NewReader(buffer[:n]))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&m); err != nil {
		return controlMessage{}, fmt.Errorf("read the control socket: %w", err)
	}
	if m.Error != "" {
		return controlMessage{}, &processError{sentence: m.Error}
	}
	if m.Step != step {
		return controlMessage{}, fmt.Errorf("the process reported step %q, expected %q", m.Step, step)
	}
	return m, nil
}

// expectEnd requires that the process has closed its end of the control socket.
func expectEnd(control *net.UnixConn) error {
	n, err := control.Read(make([]byte, 1))
	if isEOF(err) || (err == nil && n == 0) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("wait for the control socket to close: %w", err)
	}
	return errors.New("the process spoke on the control socket after its seal")
}

// receiveListener waits for the listener within the socket's deadline.
func receiveListener(control *net.UnixConn) (*seccomp.Listener, error) {
	raw, err := control.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("receive seccomp listener: %w", err)
	}
	var listener *seccomp.Listener
	var received error
	err = raw.Read(func(fd uintptr) bool {
		listener, received = seccomp.ReceiveListener(int(fd))
		return !errors.Is(received, unix.EAGAIN)
	})
	if err != nil {
		return nil, fmt.Errorf("receive seccomp listener: %w", err)
	}
	return listener, received
}

func isEOF(err error) bool {
	return err != nil && (errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET))
}

func sendStart(control *net.UnixConn, m startMessage) error {
	text, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode the filter: %w", err)
	}
	if _, err := control.Write(text); err != nil {
		return fmt.Errorf("hand over the filter: %w", err)
	}
	return nil
}
