package seccomp

import (
	"errors"
	"fmt"
	"os"
	"slices"
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

// seal.py makes one call by number, also on the architecture that this test does not run on.
func TestThePythonSideHasTheRightNumbers(t *testing.T) {
	text, err := os.ReadFile("../../runner/stratbox_runner/seal.py")
	if err != nil {
		t.Fatal(err)
	}
	for machine, a := range map[string]Arch{"x86_64": AMD64, "aarch64": ARM64} {
		number, _ := a.number("seccomp")
		if entry := fmt.Sprintf("%q: %d", machine, number); !strings.Contains(string(text), entry) {
			t.Errorf("seal.py does not say %s", entry)
		}
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
