package seccomp

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A listener that does not work must end Serve with an error, so that the runner kills the process rather than wait for ever.
func TestServeEndsWithAnErrorWhenTheListenerDoesNotWork(t *testing.T) {
	tables := map[string]struct {
		descriptor func() int
		want       string
	}{
		"it was closed": {func() int { return 1 << 20 }, "the listener is broken"},
		"it is another thing that can be read": {func() int {
			read, write := newPipe(t)
			if _, err := write.WriteString("x"); err != nil {
				t.Fatal(err)
			}
			return int(read.Fd())
		}, "receive a denied call: inappropriate ioctl for device"},
	}
	for name, c := range tables {
		t.Run(name, func(t *testing.T) {
			l := &Listener{fd: c.descriptor(), arch: AMD64, request: make([]byte, 80), response: make([]byte, 24)}
			err := l.Serve(func(n Notification) { t.Errorf("heard %v", n) })
			if err == nil || !contains(err, c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestTheKernelsStructuresAreNeverTakenAsSmallerThanWhatIsRead(t *testing.T) {
	requestSize, responseSize, err := structureSizes()
	if err != nil {
		t.Fatal(err)
	}
	if requestSize < 80 || responseSize < 24 {
		t.Errorf("sizes are %d and %d", requestSize, responseSize)
	}
}

func TestWall1NamesEveryCallOnce(t *testing.T) {
	names := CallNames()
	if len(slices.Compact(slices.Clone(names))) != len(names) || !slices.IsSorted(names) {
		t.Error("names are not sorted, or not unique")
	}
	for _, name := range []string{"openat", "socketcall", "rseq_slice_yield", "open_tree_attr"} {
		if !slices.Contains(names, name) {
			t.Errorf("%s is missing", name)
		}
	}
	profile, err := OuterProfile()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(string(profile), "\n        \""); got != len(names) {
		t.Errorf("the profile names %d calls, there are %d", got, len(names))
	}
}

// seal.py makes its calls by number; the numbers must be those of the tables, also on the architecture this test does not run on.
func TestThePythonSideHasTheRightNumbers(t *testing.T) {
	text, err := os.ReadFile("../../runner/stratbox_runner/seal.py")
	if err != nil {
		t.Fatal(err)
	}
	entry := regexp.MustCompile(`"(\w+)": _Numbers\((.*)\)`)
	number := regexp.MustCompile(`(\w+)=(\d+)`)
	machines := map[string]Arch{"x86_64": AMD64, "aarch64": ARM64}
	for _, m := range entry.FindAllStringSubmatch(string(text), -1) {
		a, ok := machines[m[1]]
		if !ok {
			t.Errorf("seal.py knows %s, the policy does not", m[1])
			continue
		}
		delete(machines, m[1])
		pairs := number.FindAllStringSubmatch(m[2], -1)
		if len(pairs) != len(Canaries())+1 {
			t.Errorf("%s: %d numbers", m[1], len(pairs))
		}
		for _, p := range pairs {
			nr, ok := a.number(p[1])
			if !ok || strconv.Itoa(int(nr)) != p[2] {
				t.Errorf("%s: %s is %s in seal.py, %d in the table", m[1], p[1], p[2], nr)
			}
		}
	}
	if len(machines) > 0 {
		t.Errorf("seal.py does not know %v", machines)
	}
}

func TestVerifySealedOfNobody(t *testing.T) {
	if err := VerifySealed(1 << 30); err == nil || !contains(err, "list its threads") {
		t.Errorf("error %v", err)
	}
	if _, err := readStatus("/proc/self/no-such-file"); err == nil {
		t.Error("a status that is not there was read")
	}
	if err := verifyFiles("/proc/self/no-such-folder", nil); err == nil || !contains(err, "list its descriptors") {
		t.Errorf("error %v", err)
	}
	if _, err := cloneFlags(os.Getpid(), 0); !errors.Is(err, unix.EFAULT) {
		t.Errorf("error %v, want EFAULT", err)
	}
}
