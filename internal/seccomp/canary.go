package seccomp

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/stratbox/stratbox/internal/contract"
)

// Canary is a call that the process makes right after its seal to prove it. seal.py makes one of each class.
type Canary struct {
	// Class is what the call stands for, Syscall its name.
	Class, Syscall string
}

// Canaries returns the calls of the self-test, one of each class. Even unsealed, none of them would do anything: the file is
// /dev/null, the program and the time are null pointers.
func Canaries() []Canary {
	return []Canary{
		{Class: "file", Syscall: "openat"},
		{Class: "network", Syscall: "socket"},
		{Class: "process", Syscall: "execve"},
		{Class: "time", Syscall: "clock_settime"},
	}
}

// VerifyCanaries compares what the listener heard while the process sealed itself with what the process says its canaries
// were answered (seal.canary: class to errno). Every class must have been answered EPERM and heard, and nothing else heard:
// another call would be a fault of the runner's own code and must not be put on a strategy.
func VerifyCanaries(heard []contract.Violation, answered map[string]int) error {
	counts := map[string]int64{}
	for _, v := range heard {
		counts[v.Syscall] = v.Count
	}
	var faults []error
	for _, c := range Canaries() {
		errno, tried := answered[c.Class]
		switch {
		case !tried:
			faults = append(faults, fmt.Errorf("%s: the process did not try %s", c.Class, c.Syscall))
		case errno != int(unix.EPERM):
			faults = append(faults, fmt.Errorf("%s: %s was answered errno %d, not EPERM", c.Class, c.Syscall, errno))
		case counts[c.Syscall] == 0:
			faults = append(faults, fmt.Errorf("%s: %s was denied but not reported; an outer seccomp profile denies it first", c.Class, c.Syscall))
		case counts[c.Syscall] > 1:
			faults = append(faults, fmt.Errorf("%s: %s was heard %d times, expected once", c.Class, c.Syscall, counts[c.Syscall]))
		}
		delete(counts, c.Syscall)
	}
	for _, v := range heard {
		if counts[v.Syscall] > 0 {
			faults = append(faults, fmt.Errorf("the runner's own code called %s after the seal", v.Syscall))
		}
	}
	if len(faults) > 0 {
		return fmt.Errorf("prove the seal: %w", errors.Join(faults...))
	}
	return nil
}
