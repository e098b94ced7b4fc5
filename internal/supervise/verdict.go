package supervise

import (
	"fmt"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/resultwire"
	"github.com/stratbox/stratbox/internal/seccomp"
)

// evidence is all that is known about an attempt once its process is dead.
type evidence struct {
	task contract.Task
	// phase is how far it got.
	phase contract.Phase
	// unsealed is why the process could not be sealed, failure why the runner could not do its work.
	unsealed, failure error
	// rejected is the gate's finding if it ends the attempt.
	rejected *contract.GateFinding
	denied   seccomp.Tally
	// oom is true when the kernel killed the process for its memory cgroup; memory is what counts without one.
	oom      bool
	memory   memoryUse
	overtime bool
	overCPU  bool
	raised   *resultwire.Failure
	// invalid is why there is no usable position table; scored is true when there is one.
	invalid string
	scored  bool
	// signal ended the process, or 0; exit is its exit code otherwise.
	signal syscall.Signal
	exit   int
}

// memoryUse is what is known where the process has a memory limit of its own: the limit, or 0, and how much the process
// was killed for, or 0.
type memoryUse struct{ limit, used int64 }

// outOfMemory reports whether the process ended because of its memory limit. Where the limit is its own, being refused
// more memory is that, too: behind a cgroup the same request ends in a kill.
func (e evidence) outOfMemory() bool {
	return e.oom || e.memory.used > 0 || e.memory.limit > 0 && e.raised != nil && strings.HasSuffix(e.raised.Type, "MemoryError")
}

// rule is one row of the verdict table: the first that holds decides. Messages begin in lower case and end without a full
// stop, because the manager goes on from them.
type rule struct {
	verdict v1alpha1.Verdict
	holds   func(evidence) bool
	message func(evidence) string
}

// rules are in rank order, which is the order of the runner's rows in the table of all verdicts.
var rules = []rule{
	{v1alpha1.VerdictSandboxUnsupported, func(e evidence) bool { return e.unsealed != nil && !e.outOfMemory() }, func(e evidence) string {
		return fmt.Sprintf("the sandbox could not be sealed, so the strategy was not run: %v", e.unsealed)
	}},
	{v1alpha1.VerdictASTRejected, func(e evidence) bool { return e.rejected != nil && !e.outOfMemory() }, func(e evidence) string {
		return refused(*e.rejected)
	}},
	{v1alpha1.VerdictSecurityViolation, func(e evidence) bool { return e.denied.Count > 0 }, func(e evidence) string {
		return fmt.Sprintf("the strategy made %d system calls that the sandbox denies: %s; a run with a denied call is not scored", e.denied.Count, names(e.denied))
	}},
	{v1alpha1.VerdictOOMKilled, func(e evidence) bool { return e.oom }, func(e evidence) string {
		return fmt.Sprintf("the kernel ended the strategy during %s because it used more memory than spec.limits.memory", e.phase)
	}},
	{v1alpha1.VerdictOOMKilled, evidence.outOfMemory, func(e evidence) string {
		const mib = 1 << 20
		if e.memory.used == 0 {
			return fmt.Sprintf("the strategy asked for more memory than the %d MiB it may use (spec.limits.memory)", e.memory.limit/mib)
		}
		return fmt.Sprintf("the strategy used %d MiB of memory during %s, more than the %d MiB it may use (spec.limits.memory), and was ended",
			(e.memory.used+mib-1)/mib, e.phase, e.memory.limit/mib)
	}},
	{v1alpha1.VerdictDeadlineExceeded, func(e evidence) bool { return e.overtime }, func(e evidence) string {
		return fmt.Sprintf("the strategy ran longer than spec.limits.deadlineSeconds (%s) and was ended", seconds(e.task.DeadlineMillis))
	}},
	{v1alpha1.VerdictCPUTimeExceeded, func(e evidence) bool { return e.overCPU }, func(e evidence) string {
		return fmt.Sprintf("the strategy used more CPU time than spec.limits.cpuTimeSeconds (%s) and was ended", seconds(e.task.CPUMillis))
	}},
	{v1alpha1.VerdictStrategyError, func(e evidence) bool { return e.raised != nil }, func(e evidence) string { return raised(*e.raised) }},
	{v1alpha1.VerdictResultInvalid, func(e evidence) bool { return e.invalid != "" }, func(e evidence) string { return clause(e.invalid) }},
	{v1alpha1.VerdictRunnerFailed, func(e evidence) bool { return e.failure != nil }, func(e evidence) string {
		return fmt.Sprintf("the runner failed during %s: %v", e.phase, e.failure)
	}},
	{v1alpha1.VerdictCompleted, func(e evidence) bool { return e.scored }, func(evidence) string { return "the strategy ran and was scored" }},
	{v1alpha1.VerdictStrategyError, func(e evidence) bool { return e.signal != 0 }, func(e evidence) string {
		return fmt.Sprintf("the strategy's process crashed with %s during %s", unix.SignalName(e.signal), e.phase)
	}},
	{v1alpha1.VerdictResultInvalid, func(evidence) bool { return true }, func(e evidence) string {
		return fmt.Sprintf("the strategy's process ended with exit code %d and left no position table", e.exit)
	}},
}

func decide(e evidence) (v1alpha1.Verdict, string) {
	for _, r := range rules {
		if r.holds(e) {
			return r.verdict, contract.Truncate(contract.Clean(r.message(e)), contract.MaxMessageBytes)
		}
	}
	return v1alpha1.VerdictRunnerFailed, "the runner reached no verdict"
}

func refused(g contract.GateFinding) string {
	where := ""
	if g.Line > 0 {
		where = fmt.Sprintf(" at line %d", g.Line)
	}
	return clause(fmt.Sprintf("the gate refused the code%s (%s): %s", where, g.Rule, g.Message))
}

func raised(f resultwire.Failure) string {
	where := ""
	if f.Line > 0 {
		where = fmt.Sprintf(" at line %d", f.Line)
	}
	text := f.Type + where
	if f.Message != "" {
		text += ": " + f.Message
	}
	if f.Type == "MemoryError" {
		text += " (if this much memory is needed, raise spec.limits.memory)"
	}
	return text
}

func names(t seccomp.Tally) string {
	var parts []string
	for _, v := range t.Violations {
		parts = append(parts, fmt.Sprintf("%s (%d)", v.Syscall, v.Count))
	}
	if t.Dropped > 0 {
		parts = append(parts, fmt.Sprintf("others (%d)", t.Dropped))
	}
	return strings.Join(parts, ", ")
}

// clause makes somebody else's sentence a part of one: without its full stop.
func clause(text string) string { return strings.TrimSuffix(text, ".") }

func seconds(millis int64) string {
	return (time.Duration(millis) * time.Millisecond).String()
}
