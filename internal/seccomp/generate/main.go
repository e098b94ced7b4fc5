// Command generate writes what is derived from the policy: wall 1 and the table for people.
// Usage: go generate ./internal/seccomp
package main

import (
	"fmt"
	"os"

	"github.com/stratbox/stratbox/internal/seccomp"
)

func main() {
	if err := generate("../../config/seccomp/strategy.json", "../../docs/syscalls.md"); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func generate(profilePath, referencePath string) error {
	profile, err := seccomp.OuterProfile()
	if err != nil {
		return err
	}
	if err := os.WriteFile(profilePath, profile, 0o644); err != nil {
		return err
	}
	return os.WriteFile(referencePath, []byte(seccomp.Default().Reference()), 0o644)
}
