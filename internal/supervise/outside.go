package supervise

import (
	"fmt"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// ownSignals can end a sealed process by its own doing: faults, traps and the limits that were set on it. Every way to send
// any other signal, to itself, to its group, by a timer or by a descriptor, is a call that wall 2 denies.
var ownSignals = []syscall.Signal{
	unix.SIGSEGV, unix.SIGBUS, unix.SIGILL, unix.SIGFPE, unix.SIGTRAP, unix.SIGABRT, unix.SIGSYS,
	unix.SIGXCPU, unix.SIGXFSZ, unix.SIGPIPE,
}

// endedFromOutside is an error if somebody beyond the sandbox ended the process, such as a program of the node. That is
// the infrastructure's failure, which may fall back to weaker isolation, so whatever the strategy could have brought
// about must not look like it: without a wall it may signal itself, and where the kernel's count of processes killed for
// memory cannot be read, or an inherited limit of CPU time kills, SIGKILL proves nothing.
func (a *attempt) endedFromOutside(oomCounted bool) error {
	signal := a.evidence.signal
	switch {
	case signal == 0 || slices.Contains(ownSignals, signal):
		return nil
	case !a.snapshot().Sealed || a.child.killed.Load() || a.evidence.outOfMemory():
		return nil
	case signal == unix.SIGKILL && (!oomCounted || a.child.inheritsCPULimit):
		return nil
	}
	return fmt.Errorf("the strategy's process was ended from outside, with %s, which it cannot send itself", unix.SignalName(signal))
}
