package supervise

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/dataset"
	"github.com/stratbox/stratbox/internal/resultwire"
)

// attempt is one execution of one strategy.
type attempt struct {
	Spec
	child    *child
	wall     *wall
	memory   *memoryWatch
	cpu      *cpuWatch
	scorer   *scorer
	output   *output
	evidence evidence
	// result is the frame to be scored.
	result *resultwire.Frame
	mu     sync.Mutex
	record contract.Record
	began  time.Time
	last   time.Time
}

// Run makes one attempt and returns its record, with a verdict. If ctx ends first, it kills the process and returns ctx's
// error with the unfinished record, which says how far the attempt got.
func Run(ctx context.Context, spec Spec) (contract.Record, error) {
	now := spec.Now()
	a := &attempt{Spec: spec, began: now, last: now, output: newOutput(spec.Output)}
	a.evidence.task = spec.Task
	a.record = contract.Record{
		Version: contract.RecordVersion, RunUID: spec.Task.RunUID, Attempt: spec.Task.Attempt,
		Timings: contract.Timings{StartedAt: now.UnixMilli()},
	}
	a.enter(contract.PhaseStarting)
	if err := a.run(ctx); err != nil {
		a.evidence.failure = err
	}
	if err := ctx.Err(); err != nil {
		return a.snapshot(), fmt.Errorf("the attempt was interrupted during %s: %w", a.evidence.phase, err)
	}
	return a.finish(), nil
}

// Failed is the record of an attempt that could not even begin.
func Failed(task contract.Task, now time.Time, failure error) contract.Record {
	verdict, message := decide(evidence{task: task, phase: contract.PhaseStarting, failure: failure})
	return contract.Record{
		Version: contract.RecordVersion, RunUID: task.RunUID, Attempt: task.Attempt, Phase: contract.PhaseFinished,
		Verdict: verdict, Message: message, Timings: contract.Timings{StartedAt: now.UnixMilli()},
	}
}

// run takes the attempt from its start to its score. Its error is the runner's failure; all else is evidence.
func (a *attempt) run(ctx context.Context) error {
	data, err := dataset.Open(a.DatasetDir)
	if err != nil {
		return fmt.Errorf("open dataset: %w", err)
	}
	defer data.Close()
	a.update(func(r *contract.Record) { r.Dataset = data.Digest() })
	if a.scorer, err = newScorer(data); err != nil {
		return fmt.Errorf("open dataset: %w", err)
	}
	if a.Policy != nil {
		if a.wall, err = newWall(*a.Policy, a.Now); err != nil {
			a.evidence.unsealed = err
			return nil
		}
		a.update(func(r *contract.Record) { r.Policy = a.Policy.Digest() })
	}
	kills := oomKills(a.CgroupDir)
	a.enter(contract.PhaseImports)
	if a.child, err = startChild(a.Spec); err != nil {
		return err
	}
	defer a.child.kill()
	if a.memory, err = watchMemory(a.child.process.Pid, a.MemoryBytes, a.child.kill); err != nil {
		return errors.Join(err, a.bury(kills))
	}
	a.output.follow("stdout", a.child.stdout)
	a.output.follow("stderr", a.child.stderr)
	stop := context.AfterFunc(ctx, a.child.kill)
	defer stop()
	err = a.converse()
	return errors.Join(err, a.bury(kills), a.score())
}

// converse is the attempt's talk with its process, from the first step to the result or the process's end.
func (a *attempt) converse() error {
	if err := a.prepare(); err != nil {
		return err
	}
	if a.evidence.unsealed != nil {
		return nil
	}
	if ok, err := a.handOver(); err != nil || !ok {
		return err
	}
	a.execute()
	return nil
}

// bury makes sure that the process is dead, that nothing it said or did is missed, and notes what it used.
func (a *attempt) bury(killsBefore int64) error {
	a.child.kill()
	<-a.child.done
	used, ignoredLimit := a.memory.stop(), a.cpu.stop()
	err := a.wall.drain(a.Allowances.End)
	total, dropped := a.output.finish(a.Allowances.End, a.child.stdout, a.child.stderr)
	a.child.close()
	if a.snapshot().Sealed {
		a.evidence.denied = a.wall.violations()
	}
	a.noteUsage()
	killsAfter := oomKills(a.CgroupDir)
	a.evidence.oom = a.evidence.signal == syscall.SIGKILL && killsBefore >= 0 && killsAfter > killsBefore
	a.evidence.memory = memoryUse{limit: a.MemoryBytes, used: used}
	a.evidence.overCPU = ignoredLimit || a.evidence.signal == syscall.SIGXCPU
	outside := a.endedFromOutside(killsBefore >= 0 && killsAfter >= 0)
	if outside != nil && a.evidence.phase == contract.PhaseGate {
		a.evidence.rejected = nil // the code did not end the gate's process
		a.update(func(r *contract.Record) { r.Gate = nil })
	}
	a.update(func(r *contract.Record) {
		r.OutputBytes, r.OutputDropped, r.OOM = total, dropped, a.evidence.outOfMemory()
		a.tally(r)
	})
	return errors.Join(err, outside)
}

// noteUsage records how the process ended and what it used.
func (a *attempt) noteUsage() {
	state := a.child.state
	if state == nil {
		return
	}
	status := state.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		a.evidence.signal = status.Signal()
	} else {
		a.evidence.exit = status.ExitStatus()
	}
	cpu := state.UserTime() + state.SystemTime()
	peak := state.SysUsage().(*syscall.Rusage).Maxrss * 1024
	a.update(func(r *contract.Record) { r.CPUMillis, r.PeakMemoryBytes = cpu.Milliseconds(), peak })
}

// score computes the metrics of the result, unless something has already ended the attempt otherwise.
func (a *attempt) score() error {
	e := &a.evidence
	if a.result == nil || e.denied.Count > 0 || e.outOfMemory() || e.overtime || e.overCPU || e.invalid != "" || e.raised != nil {
		return nil
	}
	a.enter(contract.PhaseScoring)
	metrics, err := a.scorer.score(*a.result)
	a.result = nil
	a.update(func(r *contract.Record) { r.Timings.Scoring = a.lap() })
	var refused *invalidError
	if errors.As(err, &refused) {
		e.invalid = refused.sentence
		return nil
	}
	if err != nil {
		return err
	}
	e.scored = true
	a.update(func(r *contract.Record) { r.Metrics = metrics })
	return nil
}

// finish writes the verdict.
func (a *attempt) finish() contract.Record {
	verdict, message := decide(a.evidence)
	a.update(func(r *contract.Record) {
		r.Phase, r.Verdict, r.Message = contract.PhaseFinished, verdict, message
		r.Timings.Total = a.Now().Sub(a.began).Milliseconds()
		if verdict != v1alpha1.VerdictCompleted {
			r.Metrics = nil
		}
	})
	a.publish()
	return a.snapshot()
}

// enter notes the phase before it begins, so that the record of a killed container says where it was.
func (a *attempt) enter(phase contract.Phase) {
	a.evidence.phase = phase
	a.update(func(r *contract.Record) { r.Phase = phase })
	a.publish()
}

func (a *attempt) update(change func(*contract.Record)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change(&a.record)
}

func (a *attempt) snapshot() contract.Record {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.record
}

// publish writes the record out; it is called by the flow and, at new violations, by the listener.
func (a *attempt) publish() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tally(&a.record)
	a.Publish(a.record)
}

// tally puts the violations so far into the record. Before the proof of the seal there are only canaries.
func (a *attempt) tally(r *contract.Record) {
	if !r.Sealed {
		return
	}
	t := a.wall.violations()
	r.Violations, r.ViolationCount, r.ViolationsDropped = t.Violations, t.Count, t.Dropped
}

// lap is the time in milliseconds since the last lap.
func (a *attempt) lap() int64 {
	now := a.Now()
	d := now.Sub(a.last)
	a.last = now
	return d.Milliseconds()
}

// isTimeout reports whether a read or write ended because its deadline passed.
func isTimeout(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

// isEnd reports whether a stream ended, between frames or inside one.
func isEnd(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }
