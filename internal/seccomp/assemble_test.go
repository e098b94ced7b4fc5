package seccomp

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// evaluate runs a program as the kernel would, on an interpreter that shares nothing with the assembler, and returns the
// action. The interpreter reads packets, in which words are big-endian; the program only loads whole words.
func evaluate(t testing.TB, program []byte, auditArch, nr uint32, args [6]uint64) uint32 {
	t.Helper()
	if len(program)%8 != 0 {
		t.Fatalf("program has %d bytes", len(program))
	}
	var raw []bpf.RawInstruction
	for i := 0; i < len(program); i += 8 {
		raw = append(raw, bpf.RawInstruction{
			Op: binary.NativeEndian.Uint16(program[i:]), Jt: program[i+2], Jf: program[i+3], K: binary.NativeEndian.Uint32(program[i+4:]),
		})
	}
	instructions, ok := bpf.Disassemble(raw)
	if !ok {
		t.Fatal("program holds an instruction that cannot be read back")
	}
	vm, err := bpf.NewVM(instructions)
	if err != nil {
		t.Fatal(err)
	}
	data := binary.BigEndian.AppendUint32(nil, nr)
	data = binary.BigEndian.AppendUint32(data, auditArch)
	data = append(data, make([]byte, 8)...)
	for _, a := range args {
		data = binary.BigEndian.AppendUint32(data, uint32(a))
		data = binary.BigEndian.AppendUint32(data, uint32(a>>32))
	}
	action, err := vm.Run(data)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(action)
}

// call is a system call by name with the arguments that matter.
type call struct {
	name string
	args [6]uint64
}

func arg(i int, v uint64) (args [6]uint64) {
	args[i] = v
	return args
}

func TestDefaultPolicyOnCallsOfEachKind(t *testing.T) {
	const high = 1 << 32
	tables := map[string]struct {
		call call
		want uint32
	}{
		"waiting for a private lock is allowed":                        {call{"futex", arg(1, 0|128)}, actionAllow},
		"a condition variable's wait is allowed":                       {call{"futex", arg(1, 9|128|256)}, actionAllow},
		"a priority-inheritance lock is reported":                      {call{"futex", arg(1, 6|128)}, actionReport},
		"a requeue is reported":                                        {call{"futex", arg(1, 12|128)}, actionReport},
		"a futex with high bits set is reported":                       {call{"futex", arg(1, 128|high)}, actionReport},
		"huge pages are allowed":                                       {call{"madvise", arg(2, unix.MADV_HUGEPAGE)}, actionAllow},
		"poisoning memory is reported":                                 {call{"madvise", arg(2, 100)}, actionReport},
		"paging others' memory out is reported":                        {call{"madvise", arg(2, 21)}, actionReport},
		"plain memory is allowed":                                      {call{"mmap", arg(2, unix.PROT_READ|unix.PROT_WRITE)}, actionAllow},
		"executable memory is reported":                                {call{"mmap", arg(2, unix.PROT_READ|unix.PROT_EXEC)}, actionReport},
		"executable memory with high bits is reported":                 {call{"mmap", arg(2, unix.PROT_EXEC|high)}, actionReport},
		"making memory executable is reported":                         {call{"mprotect", arg(2, unix.PROT_EXEC)}, actionReport},
		"making memory executable by a key is reported":                {call{"pkey_mprotect", [6]uint64{}}, actionReport},
		"writing output is allowed":                                    {call{"write", arg(0, 1)}, actionAllow},
		"writing errors is allowed":                                    {call{"write", arg(0, 2)}, actionAllow},
		"writing a request is allowed":                                 {call{"write", arg(0, 4)}, actionAllow},
		"writing to /dev/null is reported":                             {call{"write", arg(0, 0)}, actionReport},
		"writing to the control socket is reported":                    {call{"write", arg(0, 3)}, actionReport},
		"writing to the reply pipe is reported":                        {call{"write", arg(0, 5)}, actionReport},
		"writing to any other descriptor is reported":                  {call{"write", arg(0, 6)}, actionReport},
		"writing to descriptor 1 plus 2^32 is reported":                {call{"write", arg(0, 1|high)}, actionReport},
		"writing to a descriptor equal to a call's number is reported": {call{"write", arg(0, unix.SYS_MMAP)}, actionReport},
		"writing to descriptor -1 is reported":                         {call{"write", arg(0, 1<<64-1)}, actionReport},
		"gathered writing is reported":                                 {call{"writev", arg(0, 1)}, actionReport},
		"reading a reply is allowed":                                   {call{"read", arg(0, 5)}, actionAllow},
		"reading standard input is reported":                           {call{"read", arg(0, 0)}, actionReport},
		"reading the control socket is reported":                       {call{"read", arg(0, 3)}, actionReport},
		"reading from an offset is reported":                           {call{"pread64", arg(0, 5)}, actionReport},
		"sending the listener is allowed":                              {call{"sendmsg", arg(0, 3)}, actionAllow},
		"sending anywhere else is reported":                            {call{"sendmsg", arg(0, 4)}, actionReport},
		"a glibc thread is allowed":                                    {call{"clone", arg(0, threadFlags)}, actionAllow},
		"fork is reported":                                             {call{"clone", arg(0, uint64(unix.SIGCHLD))}, actionReport},
		"a thread in a new user namespace is reported":                 {call{"clone", arg(0, threadFlags|unix.CLONE_NEWUSER)}, actionReport},
		"a traced thread is reported":                                  {call{"clone", arg(0, threadFlags|unix.CLONE_PTRACE)}, actionReport},
		"clone3 is reported, for the listener to judge":                {call{"clone3", [6]uint64{}}, actionReport},
		"naming a thread is allowed":                                   {call{"prctl", arg(0, unix.PR_SET_NAME)}, actionAllow},
		"naming memory is allowed":                                     {call{"prctl", arg(0, unix.PR_SET_VMA)}, actionAllow},
		"a filter by prctl is reported":                                {call{"prctl", arg(0, unix.PR_SET_SECCOMP)}, actionReport},
		"becoming dumpable or not is reported":                         {call{"prctl", arg(0, unix.PR_SET_DUMPABLE)}, actionReport},
		"a filter of its own is reported":                              {call{"seccomp", [6]uint64{}}, actionReport},
		"reading a limit is allowed":                                   {call{"prlimit64", arg(2, 0)}, actionAllow},
		"setting a limit is reported":                                  {call{"prlimit64", arg(2, 0x7ffc00001000)}, actionReport},
		"a limit whose low half is zero is reported":                   {call{"prlimit64", arg(2, high)}, actionReport},
		"the size of the terminal is quietly refused":                  {call{"ioctl", arg(1, unix.TIOCGWINSZ)}, actionErrno | uint32(unix.ENOTTY)},
		"the mode of the terminal is quietly refused":                  {call{"ioctl", arg(1, unix.TCGETS)}, actionErrno | uint32(unix.ENOTTY)},
		"typing into a terminal is reported":                           {call{"ioctl", arg(1, 0x5412)}, actionReport},
		"placing memory is quietly refused":                            {call{"mbind", [6]uint64{}}, actionErrno | uint32(unix.EPERM)},
		"opening a file is reported":                                   {call{"openat", [6]uint64{}}, actionReport},
		"a socket is reported":                                         {call{"socket", [6]uint64{}}, actionReport},
		"a program is reported":                                        {call{"execve", [6]uint64{}}, actionReport},
		"setting the clock is reported":                                {call{"clock_settime", [6]uint64{}}, actionReport},
		"signalling is reported":                                       {call{"kill", [6]uint64{}}, actionReport},
		"signalling a thread is reported":                              {call{"tgkill", [6]uint64{}}, actionReport},
		"io_uring is reported":                                         {call{"io_uring_setup", [6]uint64{}}, actionReport},
		"duplicating a descriptor is reported":                         {call{"dup3", [6]uint64{}}, actionReport},
		"shared memory is reported":                                    {call{"shmat", [6]uint64{}}, actionReport},
		"an alarm is reported":                                         {call{"setitimer", [6]uint64{}}, actionReport},
	}
	for _, a := range Architectures() {
		program, err := Default().Assemble(a)
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range tables {
			t.Run(a.GOARCH+"/"+name, func(t *testing.T) {
				nr, ok := a.number(c.call.name)
				if !ok {
					t.Fatalf("%s has no %s", a.GOARCH, c.call.name)
				}
				if got := evaluate(t, program, uint32(a.native.ID), nr, c.call.args); got != c.want {
					t.Errorf("%s%v: action %#x, want %#x", c.call.name, c.call.args, got, c.want)
				}
			})
		}
	}
}

// Every number that no rule names is reported, and so is every number of every other interface, whatever its arguments.
func TestEverythingElseIsReported(t *testing.T) {
	named := map[string]bool{}
	for _, r := range append(Default().Allow, Default().Quiet...) {
		for _, c := range r.Calls {
			named[c] = true
		}
	}
	arguments := [][6]uint64{{}, {1, 1, 1, 1, 1, 1}, {4, 0, 3}, {5, 128, 14}, {threadFlags}, {1<<64 - 1}}
	for _, a := range Architectures() {
		program, err := Default().Assemble(a)
		if err != nil {
			t.Fatal(err)
		}
		reported := func(auditArch, nr uint32) {
			t.Helper()
			for _, args := range arguments {
				if got := evaluate(t, program, auditArch, nr, args); got != actionReport {
					t.Fatalf("%s: %s%v: action %#x, want a report", a.GOARCH, a.Name(auditArch, int32(nr)), args, got)
				}
			}
		}
		for nr := range uint32(1024) {
			if name := nameIn(a.native, int(nr)); !named[name] {
				reported(uint32(a.native.ID), nr)
			}
			for _, f := range a.foreign {
				reported(uint32(f.ID), nr|uint32(f.SeccompMask))
			}
			reported(0, nr)
			reported(0xdeadbeef, nr)
		}
		for _, nr := range []uint32{9999, x32Bit - 1, x32Bit, x32Bit + 59, 1<<31 - 1, 1 << 31, 1<<32 - 1} {
			reported(uint32(a.native.ID), nr)
		}
	}
}

func TestAssembleRefusesWhatTheKernelWould(t *testing.T) {
	values := func(n int) string { return strings.TrimSuffix(strings.Repeat("7,", n), ",") }
	rules := map[string]struct{ text, want string }{
		"as many values as a jump reaches": {"allow: [{calls: [read], why: w, when: [{argument: 0, equals: [" + values(63) + "]}]}]", ""},
		"one value too many for a jump":    {"allow: [{calls: [read], why: w, when: [{argument: 0, equals: [" + values(64) + "]}]}]", "a jump reaches 255"},
		"more instructions than a filter may have": {"allow: [" + strings.TrimSuffix(func() string {
			var b strings.Builder
			for _, name := range []string{"read", "write", "open", "close", "stat", "fstat", "lstat", "poll", "lseek", "mmap", "mprotect", "munmap", "brk", "ioctl", "access", "pipe", "select"} {
				b.WriteString("{calls: [" + name + "], why: w, when: [{argument: 0, equals: [" + values(63) + "]}]},")
			}
			return b.String()
		}(), ",") + "]", "the kernel takes at most 4096"},
	}
	for name, c := range rules {
		t.Run(name, func(t *testing.T) {
			p, err := Parse([]byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			program, err := p.Assemble(AMD64)
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				if got := evaluate(t, program, uint32(AMD64.native.ID), unix.SYS_READ, arg(0, 7)); got != actionAllow {
					t.Errorf("action %#x, want allow", got)
				}
				if got := evaluate(t, program, uint32(AMD64.native.ID), unix.SYS_READ, arg(0, 8)); got != actionReport {
					t.Errorf("action %#x, want a report", got)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestConditionsOnSeveralArgumentsMustAllHold(t *testing.T) {
	p, err := Parse([]byte(`allow: [{calls: [ioctl], why: w, when: [{argument: 0, equals: [1, 0x200000001]}, {argument: 5, lacks: [0x100000010, 1]}]}]`))
	if err != nil {
		t.Fatal(err)
	}
	program, err := p.Assemble(ARM64)
	if err != nil {
		t.Fatal(err)
	}
	nr, _ := ARM64.number("ioctl")
	tables := map[string]struct {
		first, last uint64
		want        uint32
	}{
		"both hold":                       {1, 0, actionAllow},
		"both hold with a 64-bit value":   {0x200000001, 2, actionAllow},
		"only the low half is right":      {0x300000001, 0, actionReport},
		"only the high half is right":     {0x200000002, 0, actionReport},
		"the first fails":                 {2, 0, actionReport},
		"a low bit of the last is set":    {1, 0x10, actionReport},
		"a high bit of the last is set":   {1, 1 << 32, actionReport},
		"another high bit may be set":     {1, 1 << 33, actionAllow},
		"a second low bit is not allowed": {1, 1, actionReport},
	}
	for name, c := range tables {
		t.Run(name, func(t *testing.T) {
			if got := evaluate(t, program, uint32(ARM64.native.ID), nr, [6]uint64{0: c.first, 5: c.last}); got != c.want {
				t.Errorf("action %#x, want %#x", got, c.want)
			}
		})
	}
}

// FuzzPolicy checks that no policy file makes the assembler produce a program that is broken or lets a foreign or unnamed
// call through.
func FuzzPolicy(f *testing.F) {
	seeds, err := filepath.Glob("testdata/policies/*.yaml")
	if err != nil || len(seeds) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, seed := range seeds {
		text, err := os.ReadFile(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, uint32(0), uint64(1))
	}
	f.Add(policyFile, uint32(1), uint64(1))
	f.Fuzz(func(t *testing.T, text []byte, nr uint32, first uint64) {
		p, err := Parse(text)
		if err != nil {
			return
		}
		for _, a := range Architectures() {
			program, err := p.Assemble(a)
			if err != nil {
				continue
			}
			args := [6]uint64{first, first, first, first, first, first}
			for _, auditArch := range []uint32{0, uint32(a.foreign[0].ID)} {
				if got := evaluate(t, program, auditArch, nr, args); got != actionReport {
					t.Errorf("a call of architecture %#x: action %#x", auditArch, got)
				}
			}
			if want := p.actions(a, nr); !want[evaluate(t, program, uint32(a.native.ID), nr, args)] {
				t.Errorf("%s: action is not one of %v", a.Name(uint32(a.native.ID), int32(nr)), want)
			}
		}
	})
}

// actions are those that a policy can give for a native call, whatever its arguments.
func (p Policy) actions(a Arch, nr uint32) map[uint32]bool {
	name := a.Name(uint32(a.native.ID), int32(nr))
	for i, r := range append(append([]Rule{}, p.Allow...), p.Quiet...) {
		for _, c := range r.Calls {
			if c != name {
				continue
			}
			action := uint32(actionAllow)
			if i >= len(p.Allow) {
				action = actionErrno | uint32(r.Errno)
			}
			return map[uint32]bool{action: true, actionReport: len(r.When) > 0}
		}
	}
	return map[uint32]bool{actionReport: true}
}
