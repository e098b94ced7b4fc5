package seccomp

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

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
