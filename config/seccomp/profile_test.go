package seccompprofile_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/elastic/go-seccomp-bpf/arch"
	"github.com/google/go-cmp/cmp"

	seccompprofile "github.com/stratbox/stratbox/config/seccomp"
	"github.com/stratbox/stratbox/internal/seccomp"
)

type profile struct {
	DefaultAction   string   `json:"defaultAction"`
	DefaultErrnoRet int      `json:"defaultErrnoRet"`
	Architectures   []string `json:"architectures"`
	Syscalls        []struct {
		Names  []string          `json:"names"`
		Action string            `json:"action"`
		Args   []json.RawMessage `json:"args"`
	} `json:"syscalls"`
}

func read(t *testing.T) profile {
	t.Helper()
	var p profile
	if err := json.Unmarshal(seccompprofile.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTheFileIsTheGeneratedOne(t *testing.T) {
	want, err := seccomp.OuterProfile()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(seccompprofile.Bytes())); diff != "" {
		t.Errorf("strategy.json is stale; run go generate ./internal/seccomp:\n%s", diff)
	}
}

// A call that wall 1 denies is blocked without a report, so it must deny no call that has a name.
func TestWall1LetsThroughWhateverWall2ReportsOrAllows(t *testing.T) {
	p := read(t)
	allowed := map[string]bool{}
	for _, s := range p.Syscalls {
		if s.Action != "SCMP_ACT_ALLOW" || len(s.Args) > 0 {
			t.Errorf("a rule says %s with %d conditions; every rule must allow without condition", s.Action, len(s.Args))
		}
		for _, name := range s.Names {
			allowed[name] = true
		}
	}
	for _, table := range []*arch.Info{arch.X86_64, arch.I386, arch.X32, arch.AARCH64, arch.ARM} {
		for number, name := range table.SyscallNumbers {
			if !allowed[name] {
				t.Errorf("%s: call %d (%s) would be blocked without a record", table.Name, number, name)
			}
		}
	}
	for _, r := range slices.Concat(seccomp.Default().Allow, seccomp.Default().Quiet) {
		for _, name := range r.Calls {
			if !allowed[name] {
				t.Errorf("%s, which wall 2 decides on, would be blocked", name)
			}
		}
	}
}

func TestWall1DeniesWhatHasNoName(t *testing.T) {
	p := read(t)
	if p.DefaultAction != "SCMP_ACT_ERRNO" || p.DefaultErrnoRet != 1 {
		t.Errorf("default is %s %d, want SCMP_ACT_ERRNO 1 (EPERM)", p.DefaultAction, p.DefaultErrnoRet)
	}
}

// An interface that the profile does not list is answered by killing the thread, before wall 2 is asked.
func TestWall1ListsEveryInterfaceOfTheProcessors(t *testing.T) {
	want := []string{"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32", "SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"}
	if diff := cmp.Diff(want, read(t).Architectures); diff != "" {
		t.Error(diff)
	}
}

func TestTheNameCarriesTheDigest(t *testing.T) {
	sum := fmt.Sprintf("%x", sha256.Sum256(seccompprofile.Bytes()))
	if got, want := seccompprofile.LocalhostProfile(), "stratbox/strategy-"+sum[:12]+".json"; got != want {
		t.Errorf("profile is called %s, want %s", got, want)
	}
	if got, want := seccompprofile.Digest(), "sha256:"+sum; got != want {
		t.Errorf("digest is %s, want %s", got, want)
	}
}

func TestTheBytesAreACopy(t *testing.T) {
	seccompprofile.Bytes()[0] = 'x'
	if seccompprofile.Bytes()[0] != '{' {
		t.Error("a caller could change the profile of everybody else")
	}
}
