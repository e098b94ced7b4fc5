package strategyrun

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/astexecutor"
	"github.com/stratbox/stratbox/internal/config"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/outcome"
	"github.com/stratbox/stratbox/internal/podspec"
)

// executorAllowance is what an AST-only attempt gets on top of its time in the queue and the strategy's deadline, for what a
// run Pod gets it for too.
const executorAllowance = podspec.AllowanceSeconds * time.Second

// executor is the executor there is now, nil if this installation has none.
func (r *Reconciler) executor() Executor {
	if r.Executor == nil {
		return nil
	}
	return r.Executor()
}

// startASTOnly records the next attempt for the executor that is there now. It is submitted only once that is written:
// what was recorded for one executor is never submitted to its successor.
func (r *Reconciler) startASTOnly(s *scope) (bool, error) {
	index := s.nextIndex()
	brought := r.errands.send(s.run, r.attemptID(s.run, index), "", r.talk(s, index, v1alpha1.Attempt{}))
	switch {
	case brought.boot != "":
		recordASTOnly(s.run, index, brought.boot, s.now)
		underway(s.run, v1alpha1.ReasonRunning, "", s.now)
	case brought.failure != "":
		r.settle(s, recordASTOnly(s.run, index, "", s.now), outcome.Lost(brought.failure))
	case brought.trouble != "":
		queued(s.run, "waits for the AST-only executor: "+contract.Truncate(contract.Clean(brought.trouble), maxTrouble), s.now)
	default:
		// The answer takes a moment, and that is not worth a write.
		s.run.Status = s.original.Status
	}
	return true, nil
}

// maxTrouble bounds what is said of an executor that does not answer.
const maxTrouble = 256

// follow asks what became of an AST-only attempt.
func (r *Reconciler) follow(s *scope, attempt *v1alpha1.Attempt) bool {
	index := indexOf(*attempt)
	brought := r.errands.send(s.run, r.attemptID(s.run, index), attempt.Executor, r.talk(s, index, *attempt))
	switch {
	case brought.record != nil:
		facts := outcome.Executed(*brought.record, outcomeLimits(s.limits()), startOf(*attempt, brought), s.now)
		finding := outcome.Classify(facts)
		recordEvidence(s.run, attempt, facts, finding)
		unobserved(s.run, s.now)
		r.settle(s, attempt, finding)
	case brought.failure != "":
		unobserved(s.run, s.now)
		s.abandon(attempt)
		r.settle(s, attempt, outcome.Lost(brought.failure))
	default:
		return false
	}
	return true
}

func (r *Reconciler) attemptID(run *v1alpha1.StrategyRun, index int32) astexecutor.ID {
	return astexecutor.ID{RunUID: string(run.UID), Attempt: index}
}

// startOf is when the attempt was given to the executor; the status knows it to the second only.
func startOf(attempt v1alpha1.Attempt, brought news) time.Time {
	if !brought.submitted.IsZero() || attempt.StartTime == nil {
		return brought.submitted
	}
	return attempt.StartTime.Time
}

func outcomeLimits(limits config.Limits) outcome.Limits {
	return outcome.Limits{
		Memory:   limits.Memory.String(),
		Deadline: time.Duration(limits.DeadlineSeconds) * time.Second,
		CPUTime:  time.Duration(limits.CPUTimeSeconds) * time.Second,
	}
}

// talk is the conversation about an attempt.
func (r *Reconciler) talk(s *scope, index int32, attempt v1alpha1.Attempt) conversation {
	settings, limits := s.settings.Config, s.limits()
	talk := conversation{
		executor: r.executor, clock: r.Clock, id: r.attemptID(s.run, index), boot: attempt.Executor,
		patience:   time.Duration(settings.Executor.PatienceSeconds) * time.Second,
		submission: r.submission(s.run, index, settings),
	}
	if attempt.StartTime != nil {
		talk.due = attempt.StartTime.Add(executorAllowance +
			time.Duration(settings.Executor.QueueSeconds)*time.Second + time.Duration(limits.DeadlineSeconds)*time.Second)
	}
	return talk
}

// submission reads the run from the API server, not from the cache, so that an attempt whose end the cache has not seen
// is never submitted.
func (r *Reconciler) submission(run *v1alpha1.StrategyRun, index int32, settings config.Config) func(context.Context) (astexecutor.Attempt, error) {
	key, uid := client.ObjectKeyFromObject(run), run.UID
	return func(ctx context.Context) (astexecutor.Attempt, error) {
		live := &v1alpha1.StrategyRun{}
		if err := r.APIReader.Get(ctx, key, live); apierrors.IsNotFound(err) {
			return astexecutor.Attempt{}, errOutdated
		} else if err != nil {
			return astexecutor.Attempt{}, fmt.Errorf("read run before its submission: %w", err)
		}
		attempt := openAttempt(live)
		if live.UID != uid || attempt == nil || indexOf(*attempt) != index || attempt.Mode != v1alpha1.ModeASTOnly {
			return astexecutor.Attempt{}, errOutdated
		}
		source, refused, err := r.source(ctx, live)
		if err != nil {
			return astexecutor.Attempt{}, err
		}
		if refused != nil {
			return astexecutor.Attempt{}, &unreadableError{reason: refused.message}
		}
		task := podspec.Task(live, index, settings)
		// The gate is all there is: it is never only asked for its opinion.
		task.GateMode = contract.GateEnforce
		memory := settings.LimitsFor(live.Spec.Limits).Memory
		return astexecutor.Attempt{Task: task, Source: []byte(source), MemoryBytes: memory.Value()}, nil
	}
}
