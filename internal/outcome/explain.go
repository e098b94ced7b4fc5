package outcome

import (
	"fmt"
	"strings"
	"time"

	"github.com/stratbox/stratbox/internal/contract"
)

func explainViolation(f Facts) string {
	names := make([]string, 0, len(f.Record.Violations))
	for _, violation := range f.Record.Violations {
		names = append(names, fmt.Sprintf("%s (%d)", violation.Syscall, violation.Count))
	}
	if f.Record.ViolationsDropped > 0 {
		names = append(names, fmt.Sprintf("others (%d)", f.Record.ViolationsDropped))
	}
	if len(names) == 0 {
		return "the sandbox denied system calls of the strategy"
	}
	return fmt.Sprintf("the sandbox denied %d of the strategy's system calls: %s", f.Record.ViolationCount, strings.Join(names, ", "))
}

func explainPodLost(f Facts) string {
	if f.Gone {
		return "the Pod vanished before its end was seen"
	}
	return "the Pod was deleted before its runner had finished" + f.progress()
}

func explainNodeDisrupted(f Facts) string {
	switch {
	case f.Disruption != nil:
		return fmt.Sprintf("the cluster ended the Pod on node %s (%s): %s", unknown(f.Node), f.Disruption.Reason, sentence(f.Disruption.Message))
	case f.disruptedByReason():
		return fmt.Sprintf("node %s ended the Pod (%s): %s", unknown(f.Node), f.Reason, sentence(f.Message))
	default:
		return fmt.Sprintf("node %s has not reported the end of the Pod, which was due by %s",
			unknown(f.Node), f.Overdue.Add(-silencePatience).UTC().Format(time.RFC3339))
	}
}

func explainRejected(f Facts) string {
	if f.cannotStart() {
		return "the container cannot be started: " + f.startErrorSentence()
	}
	return fmt.Sprintf("node %s did not admit the Pod (%s): %s", unknown(f.Node), f.Reason, sentence(f.Message))
}

func explainNotStarted(f Facts) string {
	why := "nothing was reported"
	switch {
	case f.Unschedulable != "":
		why = sentence(f.Unschedulable)
	case f.Waiting != nil && f.Waiting.Message == "" && f.Waiting.Reason == "ContainerCreating":
		why = explainPreparing(f)
	case f.Waiting != nil:
		why = f.waitingSentence()
	}
	return fmt.Sprintf("the Pod did not run within %s of its creation: %s", f.Limits.Start, why)
}

func explainGate(f Facts) string {
	gate := f.Record.Gate
	if gate == nil {
		return "the gate refused the code"
	}
	where := ""
	if gate.Line > 0 {
		where = fmt.Sprintf(" at line %d, column %d", gate.Line, gate.Column)
	}
	return fmt.Sprintf("the gate refused the code%s (%s): %s", where, gate.Rule, sentence(gate.Message))
}

func explainOOM(f Facts) string {
	if f.WithoutPod {
		return saying("the strategy used more memory than it was given")(f)
	}
	used := ""
	if f.Record != nil && f.Record.PeakMemoryBytes > 0 {
		used = fmt.Sprintf(" (largest resident set seen: %d MiB)", f.Record.PeakMemoryBytes>>20)
	}
	return fmt.Sprintf("the kernel ended the strategy at its memory limit of %s%s%s", unknown(f.Limits.Memory), used, f.progress())
}

func explainDeadline(f Facts) string {
	if f.finished() && f.Record.Timings.Execution > 0 {
		return fmt.Sprintf("the strategy was still running after %s, its limit is %s",
			time.Duration(f.Record.Timings.Execution)*time.Millisecond, f.Limits.Deadline)
	}
	return fmt.Sprintf("the kubelet ended the Pod at its deadline, the strategy's own limit is %s%s", f.Limits.Deadline, f.progress())
}

func explainCPU(f Facts) string {
	return fmt.Sprintf("the strategy used %s of CPU time, its limit is %s",
		time.Duration(f.Record.CPUMillis)*time.Millisecond, f.Limits.CPUTime)
}

func explainRunnerFailed(f Facts) string {
	how := "the Pod ended without a container"
	if f.Terminated != nil {
		how = fmt.Sprintf("the container ended with exit code %d (%s)", f.Terminated.ExitCode, unknown(f.Terminated.Reason))
	}
	switch {
	case f.finished() && f.Record.Message != "" && !said("Completed")(f):
		return sentence(contract.Clean(f.Record.Message))
	case f.finished():
		return how + ", although its record says " + string(f.Record.Verdict)
	case f.Record != nil:
		return how + f.progress()
	default:
		return fmt.Sprintf("%s: %s", how, f.RecordError)
	}
}

func explainCompleted(f Facts) string {
	return fmt.Sprintf("the strategy ran for %s and was scored", time.Duration(f.Record.Timings.Execution)*time.Millisecond)
}

// explainOutput says what became of too much output; it is part of any verdict's sentence.
func explainOutput(f Facts) string {
	if f.Record == nil || f.Record.OutputDropped == 0 {
		return ""
	}
	return fmt.Sprintf("; it wrote %d bytes of output, of which %d were kept", f.Record.OutputBytes, f.Record.OutputBytes-f.Record.OutputDropped)
}

// progress says how far the runner got, as far as its record tells.
func (f Facts) progress() string {
	if f.Record == nil || f.finished() {
		return ""
	}
	return fmt.Sprintf(", in phase %s", f.Record.Phase)
}

func (f Facts) waitingSentence() string {
	if f.Waiting == nil {
		return "no reason was given"
	}
	return fmt.Sprintf("%s: %s", f.Waiting.Reason, sentence(f.Waiting.Message))
}

func (f Facts) startErrorSentence() string {
	return sentence(f.startError())
}

// sentence prepares somebody else's words for the middle of a message: cleaned, bounded, without a full stop.
func sentence(text string) string {
	text = strings.TrimRight(strings.TrimSpace(contract.Truncate(contract.Clean(text), 400)), ".")
	if text == "" {
		return "no reason was given"
	}
	return text
}

func unknown(text string) string {
	if text == "" {
		return "(unknown)"
	}
	return text
}
