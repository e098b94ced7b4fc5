package seccomp

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
)

func TestEveryDeniedCallIsProbedOnceAndNoOther(t *testing.T) {
	for _, a := range Architectures() {
		t.Run(a.GOARCH, func(t *testing.T) {
			decided := map[string]bool{}
			for _, r := range slices.Concat(Default().Allow, Default().Quiet) {
				for _, name := range r.Calls {
					decided[name] = true
				}
			}
			probed := map[string]bool{}
			probes := Default().Probes(a)
			for _, p := range probes {
				if number, ok := a.number(p.Name); !ok || number != p.Number {
					t.Errorf("%s is probed as %d, its number is %d", p.Name, p.Number, number)
				}
				if decided[p.Name] || probed[p.Name] {
					t.Errorf("%s is probed twice or decided on by a rule", p.Name)
				}
				probed[p.Name] = true
			}
			for name := range a.native.SyscallNames {
				if !decided[name] && !probed[name] && !slices.Contains(unfilterable, name) {
					t.Errorf("%s is denied and not probed", name)
				}
			}
			for i, name := range []string{"openat", "socket", "execve", "clock_settime"} {
				if probes[i].Name != name {
					t.Errorf("probe %d is %s; the first ones must be harmless where no filter holds", i, probes[i].Name)
				}
			}
		})
	}
}

// Probes that no rule decides on come first even where a policy allows them: what they are answered then fails the proof.
func TestCanariesAreProbedUnderEveryPolicy(t *testing.T) {
	p, err := Parse([]byte("allow:\n- {calls: [openat, exit_group], why: test}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Probes(AMD64)[0]; got.Name != "openat" {
		t.Errorf("first probe %+v", got)
	}
}

func TestProve(t *testing.T) {
	const denied, absent, through, bad = int(unix.EPERM), int(unix.ENOSYS), 0, int(unix.EFAULT)
	probes := []Probe{{"openat", 257}, {"socket", 41}, {"clock_settime", 227}, {"unshare", 272}, {"mseal", 462}}
	heard := func(names ...string) []contract.Violation {
		var v []contract.Violation
		for _, name := range names {
			v = append(v, contract.Violation{Syscall: name, Count: 1})
		}
		return v
	}
	all := heard("openat", "socket", "clock_settime", "unshare", "mseal")
	for name, c := range map[string]struct {
		heard    []contract.Violation
		answered []int
		want     v1alpha1.Detection
		hidden   []string
		fault    string
	}{
		"all denied and heard":       {heard: all, answered: []int{denied, denied, denied, denied, denied}, want: v1alpha1.DetectionFull},
		"an outer EPERM hides a few": {heard: heard("openat", "socket", "mseal"), answered: []int{denied, denied, denied, denied, denied}, want: v1alpha1.DetectionPartial, hidden: []string{"clock_settime", "unshare"}},
		"an outer ENOSYS below the newest that is heard hides one": {
			heard: heard("openat", "socket", "clock_settime", "mseal"), answered: []int{denied, denied, denied, absent, denied}, want: v1alpha1.DetectionPartial, hidden: []string{"unshare"}},
		"ENOSYS above the newest that is heard is no call at all": {
			heard: heard("openat", "socket", "clock_settime", "unshare"), answered: []int{denied, denied, denied, denied, absent}, want: v1alpha1.DetectionFull},
		"EPERM above the newest that is heard hides it": {
			heard: heard("openat", "socket", "clock_settime", "unshare"), answered: []int{denied, denied, denied, denied, denied}, want: v1alpha1.DetectionPartial, hidden: []string{"mseal"}},
		"nothing is heard":               {answered: []int{denied, denied, denied, denied, denied}, want: v1alpha1.DetectionNone, hidden: []string{"openat", "socket", "clock_settime", "unshare", "mseal"}},
		"nobody listens":                 {answered: []int{absent, absent, absent, absent, absent}, want: v1alpha1.DetectionNone},
		"one went through":               {answered: []int{through}, fault: "openat was answered errno 0, not EPERM"},
		"one was executed and failed":    {heard: heard("openat"), answered: []int{denied, bad}, fault: "socket was answered errno 14, not EPERM"},
		"one was heard and answered ill": {heard: all, answered: []int{denied, denied, absent, denied, denied}, fault: "clock_settime was answered errno 38"},
		"the process stopped early":      {heard: heard("openat"), answered: []int{denied}, fault: "the process did not try socket"},
		"nothing at all":                 {fault: "the process did not try openat"},
		"one was heard twice": {heard: append(heard("socket", "clock_settime", "unshare", "mseal"), contract.Violation{Syscall: "openat", Count: 2}),
			answered: []int{denied, denied, denied, denied, denied}, fault: "openat was heard 2 times"},
		"another call was heard": {heard: append(heard("newfstatat"), all...), answered: []int{denied, denied, denied, denied, denied},
			fault: "the runner's own code called newfstatat after the seal"},
	} {
		t.Run(name, func(t *testing.T) {
			proof, err := Prove(probes, c.heard, c.answered)
			if c.fault != "" {
				if err == nil || !strings.Contains(err.Error(), c.fault) {
					t.Errorf("error %v, want one with %q", err, c.fault)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(Proof{Detection: c.want, Hidden: c.hidden, Probes: len(probes)}, proof); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCheckMaps(t *testing.T) {
	const text = "00400000-00401000 r-xp 00000000 08:01 77 /usr/bin/python3\n00401000-00402000 rw-p 00001000 08:01 77 /usr/bin/python3\n7f00-8f00 rw-p 00000000 00:00 0 [heap]\n"
	for name, c := range map[string]struct{ maps, want string }{
		"code, data, heap":                          {text, ""},
		"memory for code to be made in":             {text + "9000-a000 rwxp 00000000 00:00 0\n", "memory at 9000-a000 is both writable and executable"},
		"one file, written here and executed there": {text + "9000-a000 rw-s 00000000 00:05 9 /memfd:x (deleted)\nb000-c000 r-xs 00000000 00:05 9 /memfd:x (deleted)\n", "memory at b000-c000 is a file"},
		"shared memory without code":                {text + "9000-a000 rw-s 00000000 00:01 9 /dev/zero (deleted)\n", ""},
		"a line that is no mapping":                 {text + "what\n", "not understood"},
	} {
		t.Run(name, func(t *testing.T) {
			err := checkMaps(c.maps)
			if (c.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}
