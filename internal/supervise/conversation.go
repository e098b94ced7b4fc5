package supervise

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/resultwire"
	"github.com/stratbox/stratbox/internal/seccomp"
)

// prepare accompanies the process through imports, data and seal: trusted code only. A failure to seal is evidence.
func (a *attempt) prepare() error {
	if err := a.child.preferForOOM(); err != nil {
		a.Log.Warn("without it the kernel may end the runner first", "error", err)
	}
	control := a.child.control
	if err := control.SetDeadline(time.Now().Add(a.Allowances.Start)); err != nil {
		return fmt.Errorf("bound the start: %w", err)
	}
	if _, err := expectStep(control, stepImports); err != nil {
		return a.startFailure(err)
	}
	a.update(func(r *contract.Record) { r.Timings.Imports = a.lap() })
	a.enter(contract.PhaseData)
	if _, err := expectStep(control, stepData); err != nil {
		return a.startFailure(err)
	}
	a.update(func(r *contract.Record) { r.Timings.Data = a.lap() })
	a.enter(contract.PhaseSealing)
	if err := a.seal(); err != nil {
		if a.wall == nil {
			return a.startFailure(err)
		}
		a.evidence.unsealed = a.startFailure(err)
		return nil
	}
	a.update(func(r *contract.Record) {
		r.Timings.Seal = a.lap()
		r.Sealed = a.wall != nil
	})
	a.noteMachine()
	return nil
}

// seal has the filter loaded and proves it; without a wall it only closes the control socket.
func (a *attempt) seal() error {
	control := a.child.control
	if err := sendStart(control, a.wall.start()); err != nil {
		return err
	}
	if a.wall != nil {
		listener, err := receiveListener(control)
		if err != nil {
			// The process knows better why it has no listener to send, if it could still say so.
			if _, said := expectStep(control, stepSealed); said != nil {
				var reported *processError
				if errors.As(said, &reported) {
					return said
				}
			}
			return err
		}
		a.wall.adopt(listener, a.child.kill)
	}
	sealed, err := expectStep(control, stepSealed)
	if err != nil {
		return err
	}
	if err := expectEnd(control); err != nil {
		return err
	}
	if err := control.Close(); err != nil {
		return fmt.Errorf("close the control socket: %w", err)
	}
	if a.wall == nil {
		a.update(func(r *contract.Record) { r.Detection = v1alpha1.DetectionNone })
		return nil
	}
	proof, err := a.wall.prove(a.child.process.Pid, sealed.Probes, a.publish)
	if err != nil {
		return err
	}
	a.update(func(r *contract.Record) { r.Detection = proof.Detection })
	return enough(proof, a.Task.AllowPartialDetection)
}

// enough refuses to run a strategy whose denied calls would not all be heard of, unless the configuration allows it.
func enough(p seccomp.Proof, allowPartial bool) error {
	switch {
	case p.Detection == v1alpha1.DetectionFull, p.Detection == v1alpha1.DetectionPartial && allowPartial:
		return nil
	case p.Detection == v1alpha1.DetectionPartial:
		few := p.Hidden[:min(len(p.Hidden), 4)]
		return fmt.Errorf("another seccomp profile hides %d of %d denied calls from the record (%s, ...): "+
			"set sandbox.seccomp.type to Localhost, or sandbox.allowPartialDetection to true, in the configuration",
			len(p.Hidden), p.Probes, strings.Join(few, ", "))
	default:
		return errors.New("denied calls are not heard of at all; set sandbox.seccomp.type to Localhost in the configuration")
	}
}

func (a *attempt) startFailure(err error) error {
	if isTimeout(err) {
		return fmt.Errorf("the start took longer than %s", a.Allowances.Start)
	}
	return err
}

// handOver sets the limits, hands the code over and reads what the gate found. It returns false when the gate's
// finding ends the attempt. From here on nothing the process says is believed.
func (a *attempt) handOver() (bool, error) {
	a.enter(contract.PhaseGate)
	reserveThreads()
	most, err := a.child.confine(time.Duration(a.Task.CPUMillis) * time.Millisecond)
	if err != nil {
		return false, err
	}
	a.cpu = watchCPU(a.child.cpu, most, a.child.kill)
	bound := time.Now().Add(a.Allowances.Gate)
	if err := errors.Join(a.child.request.SetReadDeadline(bound), a.child.reply.SetWriteDeadline(bound)); err != nil {
		return false, fmt.Errorf("bound the gate: %w", err)
	}
	sent := resultwire.Write(a.child.reply, resultwire.KindTask, a.scorer.task(a.Task.Parameters), a.Source)
	var gate resultwire.Gate
	f, err := resultwire.Read(a.child.request, 0)
	if err = errors.Join(sent, err); err == nil && f.Kind != resultwire.KindGate {
		err = fmt.Errorf("%w: kind %d", resultwire.ErrMalformed, f.Kind)
	}
	if err == nil {
		err = f.Decode(&gate)
	}
	a.update(func(r *contract.Record) { r.Timings.Gate = a.lap() })
	if err != nil {
		if isEnd(err) {
			a.awaitDeath()
		}
		a.evidence.rejected = a.unreadable(err)
		a.update(func(r *contract.Record) { r.Gate = a.evidence.rejected })
		return false, nil
	}
	if gate.Accepted {
		return true, nil
	}
	finding := clean(gate)
	a.update(func(r *contract.Record) { r.Gate = finding })
	if a.Task.GateMode == contract.GateReport {
		return true, nil
	}
	a.evidence.rejected = finding
	return false, nil
}

// unreadable is the finding for code that the gate did not survive.
func (a *attempt) unreadable(err error) *contract.GateFinding {
	message := "reading the code ended the gate's process; write it simpler"
	if isTimeout(err) {
		message = fmt.Sprintf("reading the code took longer than %s; write it simpler", a.Allowances.Gate)
	}
	return &contract.GateFinding{Rule: "parser", Message: message}
}

func clean(g resultwire.Gate) *contract.GateFinding {
	finding := &contract.GateFinding{
		Rule: contract.Truncate(contract.Clean(g.Rule), 64), Line: max(g.Line, 0), Column: max(g.Column, 0),
		Message:    contract.Truncate(contract.Clean(g.Message), contract.MaxMessageBytes),
		SourceLine: contract.Truncate(contract.Clean(g.SourceLine), 160),
	}
	if finding.Rule == "" {
		finding.Rule = "parser"
	}
	return finding
}

// execute serves the running strategy until it leaves a result, raises, ends, or runs out of time.
func (a *attempt) execute() {
	a.enter(contract.PhaseExecution)
	defer func() { a.update(func(r *contract.Record) { r.Timings.Execution = a.lap() }) }()
	deadline := time.Now().Add(time.Duration(a.Task.DeadlineMillis) * time.Millisecond)
	_ = a.child.request.SetReadDeadline(deadline)
	_ = a.child.reply.SetWriteDeadline(deadline)
	for sims := 0; ; {
		f, err := resultwire.Read(a.child.request, a.scorer.bounds.PayloadBytes())
		if err != nil {
			a.silence(err)
			return
		}
		switch f.Kind {
		case resultwire.KindSim:
			if sims++; sims > maxSims {
				a.evidence.invalid = fmt.Sprintf("the strategy called sim() more than %d times; score fewer variants in one run", maxSims)
				return
			}
			if err := a.answer(f); err != nil {
				a.silence(err)
				return
			}
		case resultwire.KindResult:
			a.result = &f
			a.awaitEnd()
			return
		case resultwire.KindInvalid:
			a.evidence.invalid = a.refusal(f)
			return
		case resultwire.KindError:
			a.evidence.raised = failure(f)
			return
		default:
			a.evidence.invalid = "the strategy's process sent something that is no result; only return the position table"
			return
		}
	}
}

// silence interprets why no frame could be read or answered.
func (a *attempt) silence(err error) {
	var tooLarge *resultwire.TooLargeError
	switch {
	case isTimeout(err):
		a.evidence.overtime = true
	case errors.As(err, &tooLarge):
		a.evidence.invalid = fmt.Sprintf("the position table has %d bytes, at most %d are possible for this dataset; return one row per date and one column per stock id",
			tooLarge.Bytes, tooLarge.Max)
	case errors.Is(err, resultwire.ErrMalformed):
		a.evidence.invalid = "the strategy's process sent something that is no result; only return the position table"
	case isEnd(err):
		if !a.awaitDeath() {
			a.evidence.invalid = "the strategy closed the pipe through which its result goes; only return the position table"
		}
	default:
		a.evidence.failure = fmt.Errorf("talk to the strategy's process: %w", err)
	}
}

// awaitDeath lets a process whose pipe has ended come to its own end, which says what happened. It reports whether it came.
func (a *attempt) awaitDeath() bool {
	timer := time.NewTimer(a.Allowances.End)
	defer timer.Stop()
	select {
	case <-a.child.done:
		return true
	case <-timer.C:
		return false
	}
}

// answer scores a table in the middle of the strategy.
func (a *attempt) answer(f resultwire.Frame) error {
	metrics, err := a.scorer.score(f)
	var refused *invalidError
	switch {
	case errors.As(err, &refused):
		return a.reply(resultwire.KindRefused, resultwire.Refusal{Reason: refused.sentence})
	case err != nil:
		return err
	}
	return a.reply(resultwire.KindStats, stats(metrics))
}

// reply answers the process. One that is gone has ended the conversation, not broken it.
func (a *attempt) reply(kind resultwire.Kind, document any) error {
	err := resultwire.Write(a.child.reply, kind, document, nil)
	if err != nil && !isTimeout(err) {
		return fmt.Errorf("%w: %w", io.EOF, err)
	}
	return err
}

// awaitEnd gives the process a moment to end by itself. A result is one frame: whatever follows it spoils it.
func (a *attempt) awaitEnd() {
	_ = a.child.request.SetReadDeadline(time.Now().Add(a.Allowances.End))
	var next [1]byte
	n, _ := a.child.request.Read(next[:])
	if n > 0 {
		a.evidence.invalid = "the strategy's process sent more after its result; only return the position table"
	}
}

func (a *attempt) refusal(f resultwire.Frame) string {
	var r resultwire.Refusal
	if err := f.Decode(&r); err != nil || r.Reason == "" {
		return "the strategy left something that is no position table"
	}
	return contract.Truncate(contract.Clean(r.Reason), contract.MaxMessageBytes)
}

// failure reads the exception that the strategy raised.
func failure(f resultwire.Frame) *resultwire.Failure {
	var raised resultwire.Failure
	if err := f.Decode(&raised); err != nil || raised.Type == "" {
		return &resultwire.Failure{Type: "Exception", Message: "the strategy raised an exception that could not be described"}
	}
	return &raised
}
