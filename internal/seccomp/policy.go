package seccomp

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sys/unix"
	"sigs.k8s.io/yaml"
)

//go:embed policy.yaml
var policyFile []byte

// Policy is what a sealed process may do. A call that no rule names is denied with EPERM and reported.
type Policy struct {
	// Allow lists the calls that go through.
	Allow []Rule `json:"allow"`
	// Quiet lists the calls that are denied and not reported.
	Quiet []Rule `json:"quiet"`

	digest string
}

// Rule is one line of a policy. It holds for a call if all of When hold; a call that a rule names without its
// conditions holding is denied and reported.
type Rule struct {
	// Calls are names of system calls. Names that an architecture does not have are left out there.
	Calls []string `json:"calls"`
	// When are conditions on the arguments.
	When []Condition `json:"when,omitempty"`
	// Errno is what a quiet rule answers.
	Errno Errno `json:"errno,omitempty"`
	// Why says what needs the call.
	Why string `json:"why"`
}

// Condition is a test on one argument of a call. Exactly one of Equals and Lacks is set.
type Condition struct {
	// Argument is the argument's index, 0 to 5, and Name what the manual calls it.
	Argument uint32 `json:"argument"`
	Name     string `json:"name"`
	// Equals holds if the 64-bit argument is one of these values.
	Equals []Value `json:"equals,omitempty"`
	// Lacks holds if none of these bits is set in the argument.
	Lacks []Value `json:"lacks,omitempty"`
}

var defaultPolicy = sync.OnceValue(func() Policy {
	p, err := Parse(policyFile)
	if err != nil {
		panic("seccomp: the built-in policy does not parse, which its test rules out: " + err.Error())
	}
	return p
})

// Default is the policy that is built in.
func Default() Policy { return defaultPolicy() }

// Parse reads a policy file. Unknown fields, unknown names and rules that could never hold are errors.
func Parse(text []byte) (Policy, error) {
	var p Policy
	if err := yaml.UnmarshalStrict(text, &p); err != nil {
		return Policy{}, fmt.Errorf("read seccomp policy: %w", err)
	}
	if err := p.validate(); err != nil {
		return Policy{}, fmt.Errorf("read seccomp policy: %w", err)
	}
	sum := sha256.Sum256(text)
	p.digest = "sha256:" + hex.EncodeToString(sum[:])
	return p, nil
}

// Digest identifies the policy file in a verdict record: "sha256:" and the hex digest of the file's bytes.
func (p Policy) Digest() string { return p.digest }

func (p Policy) validate() error {
	if len(p.Allow) == 0 {
		return errors.New("it allows nothing, so no program could even end")
	}
	seen := map[string]bool{}
	for _, r := range p.Allow {
		if err := r.validate(seen); err != nil {
			return err
		}
		if r.Errno != 0 {
			return fmt.Errorf("rule for %s: an allowed call has no errno", r.Calls[0])
		}
	}
	for _, r := range p.Quiet {
		if err := r.validate(seen); err != nil {
			return err
		}
		if r.Errno == 0 {
			return fmt.Errorf("rule for %s: a quiet rule needs an errno, or the call would seem to succeed", r.Calls[0])
		}
	}
	return nil
}

func (r Rule) validate(seen map[string]bool) error {
	if len(r.Calls) == 0 {
		return errors.New("a rule names no call")
	}
	if r.Why == "" {
		return fmt.Errorf("rule for %s: it does not say why", r.Calls[0])
	}
	for _, name := range r.Calls {
		if !known(name) {
			return fmt.Errorf("rule for %s: no architecture has such a call", name)
		}
		if seen[name] {
			return fmt.Errorf("rule for %s: there is another rule for it", name)
		}
		if never[name] {
			return fmt.Errorf("rule for %s: it would let the process change its own filter or slip past it", name)
		}
		seen[name] = true
	}
	for _, c := range r.When {
		if c.Argument > 5 {
			return fmt.Errorf("rule for %s: argument %d, calls have 0 to 5", r.Calls[0], c.Argument)
		}
		if (len(c.Equals) == 0) == (len(c.Lacks) == 0) {
			return fmt.Errorf("rule for %s: argument %d needs either equals or lacks", r.Calls[0], c.Argument)
		}
		for _, v := range c.Lacks {
			if v.Bits == 0 {
				return fmt.Errorf("rule for %s: argument %d lacks no bit, which always holds", r.Calls[0], c.Argument)
			}
		}
	}
	return nil
}

// never lists calls that no policy may touch: clone3 is the listener's to judge, because its flags are in memory;
// with seccomp a process could lay a filter of its own over this one and hide calls from the listener.
var never = map[string]bool{"clone3": true, "seccomp": true}

// Value is an argument's value, written as a number or as names of kernel constants joined by "|".
type Value struct {
	Bits uint64
	// Text is how the policy file writes it.
	Text string
}

// UnmarshalJSON reads a number or an expression of names.
func (v *Value) UnmarshalJSON(text []byte) error {
	parsed, err := parseValue(text)
	if err != nil {
		return err
	}
	*v = parsed
	return nil
}

// Errno is an error number, written by name.
type Errno uint16

// UnmarshalJSON reads a name such as "EPERM".
func (e *Errno) UnmarshalJSON(text []byte) error {
	parsed, err := parseErrno(text)
	if err != nil {
		return err
	}
	*e = parsed
	return nil
}

// String returns the name.
func (e Errno) String() string { return unix.ErrnoName(unix.Errno(e)) }
