package seccomp

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strconv"

	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/sys/unix"
)

// x32Bit marks a call of the x32 interface, which shares the audit architecture of amd64.
const x32Bit = 0x40000000

// Arch is a processor architecture with its table of system calls.
type Arch struct {
	// GOARCH is Go's name of it.
	GOARCH string
	native *arch.Info
	// foreign are the other interfaces through which a process can reach the same kernel.
	foreign []*arch.Info
}

// The architectures that Stratbox runs on.
var (
	AMD64 = Arch{GOARCH: "amd64", native: arch.X86_64, foreign: []*arch.Info{arch.I386, arch.X32}}
	ARM64 = Arch{GOARCH: "arm64", native: arch.AARCH64, foreign: []*arch.Info{arch.ARM}}
)

// Architectures lists them all.
func Architectures() []Arch { return []Arch{AMD64, ARM64} }

// Native returns the architecture of this program.
func Native() (Arch, error) {
	for _, a := range Architectures() {
		if a.GOARCH == runtime.GOARCH {
			return a, nil
		}
	}
	return Arch{}, fmt.Errorf("strategies cannot be sealed on %s: there is no table of system calls for it", runtime.GOARCH)
}

// newest are calls that came after the table of names was made. Since Linux 5.1 a new call has one number everywhere;
// uprobe is amd64's own.
var newest = map[int]string{
	336:                       "uprobe",
	unix.SYS_FILE_GETATTR:     "file_getattr",
	unix.SYS_FILE_SETATTR:     "file_setattr",
	unix.SYS_LISTNS:           "listns",
	unix.SYS_RSEQ_SLICE_YIELD: "rseq_slice_yield",
}

// Name returns what a call is called in a report: the plain name for a native call, "i386:getpid", "x32:getpid" or
// "arm:getpid" for one of another interface, "syscall_9999" for an unknown number.
func (a Arch) Name(auditArch uint32, nr int32) string {
	number := int(uint32(nr))
	x32 := nr >= x32Bit
	for _, info := range a.foreign {
		if auditArch == uint32(info.ID) && x32 == (info.SeccompMask != 0) {
			return info.Name + ":" + nameIn(info, number&^info.SeccompMask)
		}
	}
	if auditArch == uint32(a.native.ID) {
		return nameIn(a.native, number)
	}
	return fmt.Sprintf("arch_%x:syscall_%d", auditArch, number)
}

// NativeName returns what a call that is made the processor's usual way is called in a report.
func (a Arch) NativeName(number uint32) string { return a.Name(uint32(a.native.ID), int32(number)) }

func nameIn(info *arch.Info, number int) string {
	if name, ok := info.SyscallNumbers[number]; ok {
		return name
	}
	if name, ok := newest[number]; ok {
		return name
	}
	return "syscall_" + strconv.Itoa(number)
}

// number returns the number of a native call.
func (a Arch) number(name string) (uint32, bool) {
	if nr, ok := a.native.SyscallNames[name]; ok {
		return uint32(nr), true
	}
	for nr, n := range newest {
		if n == name {
			return uint32(nr), true
		}
	}
	return 0, false
}

// known reports whether some architecture has a call of this name.
func known(name string) bool {
	return slices.ContainsFunc(Architectures(), func(a Arch) bool { _, ok := a.number(name); return ok })
}

// CallNames returns the names of all calls of all architectures and their other interfaces, sorted. Wall 1 is made from it.
func CallNames() []string {
	names := map[string]bool{}
	for _, a := range Architectures() {
		for _, info := range append([]*arch.Info{a.native}, a.foreign...) {
			for name := range info.SyscallNames {
				names[name] = true
			}
		}
	}
	for _, name := range newest {
		names[name] = true
	}
	return slices.Sorted(maps.Keys(names))
}
