package seccomp

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/sys/unix"
)

// beyond is how many numbers are tried above the newest call that has a name.
const beyond = 64

// untried are allowed calls that would end the test or take its pipes away, and the one that ends any process.
var untried = map[string]bool{"exit": true, "exit_group": true, "rt_sigreturn": true, "close": true, "uretprobe": true}

// A sealed process makes every call there is, with all arguments 0, on two threads and through each interface of the processor.
func TestEveryNumber(t *testing.T) {
	native, err := Native()
	if err != nil {
		t.Fatal(err)
	}
	s := newSealed(t, map[bool]string{true: int80}[native.GOARCH == AMD64.GOARCH])
	heard := map[string]int64{}
	s.mu.Lock()
	s.hear = func(n Notification) { heard[n.Name]++ }
	s.mu.Unlock()
	var numbers []string
	for number := range top(native.native) + beyond {
		if name := native.NativeName(uint32(number)); !untried[name] {
			numbers = append(numbers, strconv.Itoa(number))
		}
	}
	code := fmt.Sprintf(`
def sweep(thread):
    for number in (%s):
        results[f"{thread} {number}"] = raw(number, 0, 0, 0, 0, 0, 0)
sweep("main")
other = threading.Thread(target=sweep, args=("other",))
other.start()
other.join()
`, strings.Join(numbers, ","))
	if native.GOARCH == AMD64.GOARCH {
		code += fmt.Sprintf(`
for number in range(%d):
    results[f"x32 {number}"] = raw(0x40000000 + number, 0, 0, 0, 0, 0, 0)
for number in range(%d):
    results[f"i386 {number}"] = -int80(number, 0, 0)
`, top(arch.X32)&^x32Bit+beyond, top(arch.I386)+beyond)
	}
	results := s.run(code)

	want := map[string]int64{}
	for try, errno := range results {
		thread, text, _ := strings.Cut(try, " ")
		number, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		name, fate := native.NativeName(uint32(number)), reported
		switch thread {
		case "x32":
			name = native.NativeName(uint32(number | x32Bit))
		case "i386":
			name = native.Name(uint32(arch.I386.ID), int32(number))
		default:
			fate = fateWithoutArguments(name)
		}
		switch {
		case slices.Contains(unfilterable, name) && errno == int(unix.ENXIO):
			// This kernel lets it past every filter, and it does nothing.
		case fate == reported:
			want[name]++
			if errno != int(unix.EPERM) {
				t.Errorf("%s: %s was answered errno %d, want EPERM", try, name, errno)
			}
		case fate != allowed && errno != int(fate):
			t.Errorf("%s: %s was answered errno %d, want %d", try, name, errno, fate)
		case fate == allowed && (errno == int(unix.EPERM) || errno == int(unix.ENOSYS)):
			t.Errorf("%s: %s is allowed and was answered errno %d", try, name, errno)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(heard)) {
		if heard[name] != want[name] {
			t.Errorf("%s was heard %d times, want %d", name, heard[name], want[name])
		}
		delete(want, name)
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		t.Errorf("%s was denied and not heard", name)
	}
	t.Logf("%d calls of %d names were denied and heard, %d tried", sum(heard), len(heard), len(results))
}

// Fates of a call: the errno of a quiet rule, or one of these.
const (
	allowed  = Errno(0)
	reported = Errno(0xffff)
)

// fateWithoutArguments is what the policy says of a call whose arguments are all 0, read from the policy and not from the
// program that is made of it.
func fateWithoutArguments(name string) Errno {
	for _, r := range slices.Concat(Default().Allow, Default().Quiet) {
		if !slices.Contains(r.Calls, name) {
			continue
		}
		for _, c := range r.When {
			if len(c.Equals) > 0 && !slices.ContainsFunc(c.Equals, func(v Value) bool { return v.Bits == 0 }) {
				return reported
			}
		}
		return r.Errno
	}
	return reported
}

// top is the number above the newest call that has a name.
func top(info *arch.Info) int {
	highest := slices.Max(slices.Collect(maps.Keys(info.SyscallNumbers)))
	for number := range newest {
		highest = max(highest, number)
	}
	return highest + 1
}

func sum(counts map[string]int64) (total int64) {
	for _, n := range counts {
		total += n
	}
	return total
}
