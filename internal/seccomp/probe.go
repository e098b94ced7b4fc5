package seccomp

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
)

// Probe is a call that the process makes right after its seal to prove it.
type Probe struct {
	Name string
	// Number is the call's number on the processor.
	Number uint32
}

// canaries are one call of each class: file, network, process, time. They are made first and with all arguments 0, with
// which none of them would do anything even unsealed: path, program and time are null pointers, and sockets have no family 0.
var canaries = []string{"openat", "socket", "execve", "clock_settime"}

// unfilterable are calls that newer kernels pass by every seccomp filter, because the kernel plants them into traced programs
// itself. From anywhere else uretprobe ends the process with SIGILL and uprobe is answered ENXIO.
var unfilterable = []string{"uretprobe", "uprobe"}

// Probes returns every call that the policy denies whatever its arguments, the canaries first. The process makes each of them
// once, with all arguments 0, and no more once one of them is not refused.
//
// Trying them all is what makes DetectionFull a fact: whatever an outer profile denies on its own is found here.
func (p Policy) Probes(a Arch) []Probe {
	named := map[string]bool{}
	for _, name := range unfilterable {
		named[name] = true
	}
	for _, r := range slices.Concat(p.Allow, p.Quiet) {
		for _, name := range r.Calls {
			named[name] = true
		}
	}
	var probes []Probe
	for _, name := range canaries {
		number, _ := a.number(name)
		probes = append(probes, Probe{Name: name, Number: number})
		named[name] = true
	}
	var rest []Probe
	for _, name := range CallNames() {
		if number, ok := a.number(name); ok && !named[name] {
			rest = append(rest, Probe{Name: name, Number: number})
		}
	}
	slices.SortFunc(rest, func(x, y Probe) int { return cmp.Compare(x.Number, y.Number) })
	return append(probes, rest...)
}

// Proof is what the probes have shown.
type Proof struct {
	// Detection is Full if every denied call is heard of.
	Detection v1alpha1.Detection
	// Hidden are the denied calls that an outer seccomp profile answers before the listener hears of them.
	Hidden []string
	// Probes is the number of calls tried.
	Probes int
}

// Prove compares what the listener heard while the process sealed itself with the errnos that the process's probes were
// answered. An error means that the seal is not proved: a call was not denied, or the runner's own code made one,
// which must not be put on a strategy.
//
// Calls that are newer than all that were heard and answered ENOSYS are not counted as hidden. runc answers so for numbers
// above the newest one that its node's libseccomp knows, as a kernel without them would.
func Prove(probes []Probe, heard []contract.Violation, answered []int) (Proof, error) {
	counts := map[string]int64{}
	for _, v := range heard {
		counts[v.Syscall] = v.Count
	}
	var newest uint32
	for _, probe := range probes {
		if counts[probe.Name] > 0 {
			newest = max(newest, probe.Number)
		}
	}
	proof := Proof{Detection: v1alpha1.DetectionFull, Probes: len(probes)}
	var faults []error
	for i, probe := range probes {
		if i >= len(answered) {
			faults = append(faults, fmt.Errorf("the process did not try %s", probe.Name))
			break
		}
		errno := unix.Errno(answered[i])
		heardOf := counts[probe.Name]
		delete(counts, probe.Name)
		switch {
		case heardOf > 1:
			faults = append(faults, fmt.Errorf("%s was heard %d times, expected once", probe.Name, heardOf))
		case errno != unix.EPERM && (heardOf == 1 || errno != unix.ENOSYS):
			faults = append(faults, fmt.Errorf("%s was answered errno %d, not EPERM", probe.Name, answered[i]))
		case heardOf == 0 && (errno == unix.EPERM || probe.Number < newest):
			proof.Hidden = append(proof.Hidden, probe.Name)
		}
	}
	for _, v := range heard {
		if counts[v.Syscall] > 0 {
			faults = append(faults, fmt.Errorf("the runner's own code called %s after the seal", v.Syscall))
		}
	}
	if len(faults) > 0 {
		return Proof{}, fmt.Errorf("prove the seal: %w", errors.Join(faults...))
	}
	switch {
	case len(heard) == 0:
		proof.Detection = v1alpha1.DetectionNone
	case len(proof.Hidden) > 0:
		proof.Detection = v1alpha1.DetectionPartial
	}
	return proof, nil
}
