package seccomp

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseRefuses(t *testing.T) {
	tables := map[string]struct{ text, want string }{
		"an empty file":                        {"", "it allows nothing"},
		"something that is not YAML":           {"allow: [", "did not find expected node content"},
		"a field that does not exist":          {"allow: [{calls: [read], why: w, unless: []}]", `unknown field "unless"`},
		"a field twice":                        {"allow: [{calls: [read], calls: [write], why: w}]", "already"},
		"a rule without calls":                 {"allow: [{why: w}]", "a rule names no call"},
		"a rule without a reason":              {"allow: [{calls: [read]}]", "rule for read: it does not say why"},
		"a call that no architecture has":      {"allow: [{calls: [readd], why: w}]", "rule for readd: no architecture has such a call"},
		"a call twice":                         {"allow: [{calls: [read, read], why: w}]", "there is another rule for it"},
		"a call both allowed and quiet":        {"allow: [{calls: [read], why: w}]\nquiet: [{calls: [read], errno: EPERM, why: w}]", "there is another rule for it"},
		"a filter of the process's own":        {"allow: [{calls: [seccomp], why: w}]", "change its own filter"},
		"clone3":                               {"allow: [{calls: [clone3], why: w}]", "slip past it"},
		"a seventh argument":                   {"allow: [{calls: [read], why: w, when: [{argument: 6, equals: [1]}]}]", "argument 6, calls have 0 to 5"},
		"a condition without values":           {"allow: [{calls: [read], why: w, when: [{argument: 0}]}]", "needs either equals or lacks"},
		"a condition with both kinds":          {"allow: [{calls: [read], why: w, when: [{argument: 0, equals: [1], lacks: [2]}]}]", "needs either equals or lacks"},
		"a mask of no bits":                    {"allow: [{calls: [read], why: w, when: [{argument: 0, lacks: [0]}]}]", "lacks no bit"},
		"a constant that does not exist":       {"allow: [{calls: [read], why: w, when: [{argument: 0, equals: [PROT_EXE]}]}]", `there is no constant "PROT_EXE"`},
		"a part of an expression that is none": {"allow: [{calls: [read], why: w, when: [{argument: 0, equals: [CLONE_VM|]}]}]", `there is no constant ""`},
		"a value of another kind":              {"allow: [{calls: [read], why: w, when: [{argument: 0, equals: [1.5]}]}]", "neither a number nor a name"},
		"a value of 65 bits":                   {"allow: [{calls: [read], why: w, when: [{argument: 0, equals: [18446744073709551616]}]}]", "neither a number nor a name"},
		"an errno for an allowed call":         {"allow: [{calls: [read], why: w, errno: EPERM}]", "an allowed call has no errno"},
		"a quiet rule without an errno":        {"allow: [{calls: [read], why: w}]\nquiet: [{calls: [write], why: w}]", "would seem to succeed"},
		"a quiet rule with an unknown errno":   {"allow: [{calls: [read], why: w}]\nquiet: [{calls: [write], why: w, errno: EOK}]", `errno "EOK" is not one of those`},
		"a quiet rule with a number":           {"allow: [{calls: [read], why: w}]\nquiet: [{calls: [write], why: w, errno: 1}]", "errno 1 is not a name"},
	}
	for name, c := range tables {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestTheDigestIsThatOfTheFile(t *testing.T) {
	text, err := os.ReadFile("policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := Default().Digest(), fmt.Sprintf("sha256:%x", sha256.Sum256(text)); got != want {
		t.Errorf("digest is %s, want %s", got, want)
	}
}

func TestTheReferenceIsTheGeneratedOne(t *testing.T) {
	text, err := os.ReadFile("../../docs/syscalls.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Default().Reference(), string(text)); diff != "" {
		t.Errorf("docs/syscalls.md is stale; run go generate ./internal/seccomp:\n%s", diff)
	}
}

// The filter's rule for clone and the listener's for clone3 must know the same thread.
func TestBothWaysToMakeAThreadAgree(t *testing.T) {
	for _, r := range Default().Allow {
		if r.Calls[0] == "clone" {
			if got := r.When[0].Equals[0].Bits; got != threadFlags {
				t.Errorf("clone is allowed with flags %#x, clone3 answered ENOSYS with %#x", got, threadFlags)
			}
			return
		}
	}
	t.Error("no rule for clone")
}

func TestNames(t *testing.T) {
	const i386, arm = 0x40000003, 0x40000028
	tables := map[string]struct {
		arch  Arch
		audit uint32
		nr    int32
		want  string
	}{
		"a native call":                         {AMD64, 0xc000003e, 257, "openat"},
		"a native call of arm64":                {ARM64, 0xc00000b7, 56, "openat"},
		"a call newer than the table":           {AMD64, 0xc000003e, 470, "listns"},
		"a number without a name":               {AMD64, 0xc000003e, 9999, "syscall_9999"},
		"the last number before x32":            {AMD64, 0xc000003e, x32Bit - 1, "syscall_1073741823"},
		"the first of x32":                      {AMD64, 0xc000003e, x32Bit, "x32:read"},
		"a number of x32 without a name":        {AMD64, 0xc000003e, x32Bit + 9999, "x32:syscall_9999"},
		"minus one":                             {AMD64, 0xc000003e, -1, "syscall_4294967295"},
		"a call of i386":                        {AMD64, i386, 20, "i386:getpid"},
		"a call that only i386 has":             {AMD64, i386, 102, "i386:socketcall"},
		"a number of i386 with the x32 bit":     {AMD64, i386, x32Bit, "arch_40000003:syscall_1073741824"},
		"a call of arm on arm64":                {ARM64, arm, 20, "arm:getpid"},
		"a call of arm on amd64":                {AMD64, arm, 20, "arch_40000028:syscall_20"},
		"a number of arm64 with the bit of x32": {ARM64, 0xc00000b7, x32Bit, "syscall_1073741824"},
		"no architecture":                       {ARM64, 0, 0, "arch_0:syscall_0"},
	}
	for name, c := range tables {
		t.Run(name, func(t *testing.T) {
			if got := c.arch.Name(c.audit, c.nr); got != c.want {
				t.Errorf("name is %q, want %q", got, c.want)
			}
		})
	}
}
