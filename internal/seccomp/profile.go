package seccomp

import (
	"bytes"
	"encoding/json"
	"fmt"

	"golang.org/x/sys/unix"
)

// outerProfile is the part of the OCI runtime's seccomp object that wall 1 uses. Unlike "archMap", "architectures" is
// understood by every runtime; those of another processor family than the node's are skipped or do no harm.
type outerProfile struct {
	DefaultAction   string         `json:"defaultAction"`
	DefaultErrnoRet uint           `json:"defaultErrnoRet"`
	Architectures   []string       `json:"architectures"`
	Syscalls        []outerSyscall `json:"syscalls"`
}

type outerSyscall struct {
	Names  []string `json:"names"`
	Action string   `json:"action"`
}

// OuterProfile returns wall 1, the Localhost profile of a run's Pod. It allows every call that has a name, because a call that
// an outer profile denies never reaches this package's listener; config/seccomp/README.md says more.
func OuterProfile() ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(outerProfile{
		DefaultAction:   "SCMP_ACT_ERRNO",
		DefaultErrnoRet: uint(unix.EPERM),
		Architectures:   []string{"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32", "SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"},
		Syscalls:        []outerSyscall{{Names: CallNames(), Action: "SCMP_ACT_ALLOW"}},
	})
	if err != nil {
		return nil, fmt.Errorf("write the outer seccomp profile: %w", err)
	}
	return text.Bytes(), nil
}
