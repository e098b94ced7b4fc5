package supervise

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/stratbox/stratbox/internal/seccomp"
)

// wall is wall 2 of one process: the filter it loads, the listener that answers for it, and what was denied.
type wall struct {
	program  []byte
	probes   []seccomp.Probe
	now      func() time.Time
	recorder atomic.Pointer[seccomp.Recorder]
	listener *seccomp.Listener
	served   chan error
}

func newWall(policy seccomp.Policy, now func() time.Time) (*wall, error) {
	arch, err := seccomp.Native()
	if err != nil {
		return nil, err
	}
	program, err := policy.Assemble(arch)
	if err != nil {
		return nil, err
	}
	w := &wall{program: program, probes: policy.Probes(arch), now: now, served: make(chan error, 1)}
	w.recorder.Store(seccomp.NewProofRecorder(now))
	return w, nil
}

// adopt begins to answer the listener. broken is called if that fails: the process must not live on unheard.
func (w *wall) adopt(listener *seccomp.Listener, broken func()) {
	w.listener = listener
	go func() {
		err := listener.Serve(func(n seccomp.Notification) { w.recorder.Load().Record(n) })
		if err != nil {
			broken()
		}
		w.served <- err
	}()
}

// start is what the process needs to seal itself; without a wall, nothing.
func (w *wall) start() startMessage {
	if w == nil {
		return startMessage{}
	}
	m := startMessage{Program: w.program}
	for _, probe := range w.probes {
		m.Probes = append(m.Probes, probe.Number)
	}
	return m
}

// prove checks the seal from the kernel's side and by what the probes were answered. Calls denied after it are
// violations; changed is called at each new name.
func (w *wall) prove(pid int, answered []int, changed func()) (seccomp.Proof, error) {
	if err := seccomp.VerifySealed(pid); err != nil {
		return seccomp.Proof{}, err
	}
	proof, err := seccomp.Prove(w.probes, w.recorder.Load().Tally().Violations, answered)
	if err != nil {
		return seccomp.Proof{}, err
	}
	w.recorder.Store(seccomp.NewRecorder(w.now, changed))
	return proof, nil
}

// violations is what was denied since prove. A process without a wall has none.
func (w *wall) violations() seccomp.Tally {
	if w == nil {
		return seccomp.Tally{}
	}
	return w.recorder.Load().Tally()
}

var errNotDrained = errors.New("the listener was not released after the strategy's process had died")

// drain waits until the last call of the dead process is recorded.
func (w *wall) drain(limit time.Duration) error {
	if w == nil || w.listener == nil {
		return nil
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case err := <-w.served:
		if err != nil {
			err = fmt.Errorf("listen for denied calls: %w", err)
		}
		return errors.Join(err, w.listener.Close())
	case <-timer.C:
		return errNotDrained
	}
}
