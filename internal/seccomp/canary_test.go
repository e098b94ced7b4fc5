package seccomp

import (
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stratbox/stratbox/internal/contract"
)

func TestVerifyCanaries(t *testing.T) {
	heardAll := []contract.Violation{{Syscall: "openat", Count: 1}, {Syscall: "socket", Count: 1}, {Syscall: "execve", Count: 1}, {Syscall: "clock_settime", Count: 1}}
	answeredAll := map[string]int{"file": 1, "network": 1, "process": 1, "time": 1}
	heardBut := func(change func([]contract.Violation) []contract.Violation) []contract.Violation {
		return change(append([]contract.Violation{}, heardAll...))
	}
	answeredBut := func(class string, errno int) map[string]int {
		m := maps.Clone(answeredAll)
		m[class] = errno
		return m
	}
	tables := map[string]struct {
		heard    []contract.Violation
		answered map[string]int
		want     string
	}{
		"all denied and heard":          {heardAll, answeredAll, ""},
		"one went through":              {heardBut(func(v []contract.Violation) []contract.Violation { return v[1:] }), answeredBut("file", 0), "file: openat was answered errno 0, not EPERM"},
		"one failed for another reason": {heardAll, answeredBut("process", 14), "process: execve was answered errno 14"},
		"one was denied by wall 1": {heardBut(func(v []contract.Violation) []contract.Violation { return v[:3] }), answeredAll,
			"time: clock_settime was denied but not reported; an outer seccomp profile denies it first"},
		"one was not tried": {heardAll, map[string]int{"file": 1, "process": 1, "time": 1}, "network: the process did not try socket"},
		"one was heard twice": {heardBut(func(v []contract.Violation) []contract.Violation { v[0].Count = 2; return v }), answeredAll,
			"openat was heard 2 times"},
		"another call was heard": {heardBut(func(v []contract.Violation) []contract.Violation {
			return append(v, contract.Violation{Syscall: "newfstatat", Count: 7})
		}), answeredAll, "the runner's own code called newfstatat after the seal"},
		"nothing at all": {nil, nil, "network: the process did not try socket"},
	}
	for name, c := range tables {
		t.Run(name, func(t *testing.T) {
			err := VerifyCanaries(c.heard, c.answered)
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestParseStatus(t *testing.T) {
	const good = "Name:\tpython3\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t3\nThreads:\t1\n"
	s, err := parseStatus(good)
	if err != nil || s != (status{mode: 2, filters: 3, noNewPrivs: 1}) {
		t.Errorf("%+v, %v", s, err)
	}
	for name, c := range map[string]struct{ text, want string }{
		"an old kernel":        {strings.Replace(good, "Seccomp_filters:\t3\n", "", 1), "Linux 5.9 or newer is needed"},
		"a word for a number":  {strings.Replace(good, "\t2", "\ttwo", 1), "Seccomp in the process's status is not a number"},
		"an empty status file": {"", "Linux 5.9 or newer is needed"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parseStatus(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestAThreadIsSealedOnlyIfAllSaysSo(t *testing.T) {
	for name, c := range map[string]struct {
		status status
		want   string
	}{
		"sealed":                           {status{mode: 2, filters: 3, noNewPrivs: 1}, ""},
		"privileges may come back":         {status{mode: 2, filters: 3}, "no_new_privs is not set"},
		"no filter":                        {status{filters: 3, noNewPrivs: 1}, "mode is 0"},
		"the strict mode":                  {status{mode: 1, filters: 3, noNewPrivs: 1}, "mode is 1"},
		"only the filters it started with": {status{mode: 2, filters: 2, noNewPrivs: 1}, "2 seccomp filters, expected 3"},
		"a filter too many":                {status{mode: 2, filters: 4, noNewPrivs: 1}, "4 seccomp filters, expected 3"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.status.verify(3)
			if (c.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestNewListenerRefusesAndClosesAnyOtherDescriptor(t *testing.T) {
	fd, err := unix.Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewListener(fd); err == nil || !strings.Contains(err.Error(), "not a seccomp listener") {
		t.Errorf("error %v", err)
	}
	if _, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd)); err == nil {
		t.Error("the descriptor is still open")
	}
	if _, err := NewListener(-1); err == nil {
		t.Error("-1 was taken")
	}
}
