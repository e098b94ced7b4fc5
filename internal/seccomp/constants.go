package seccomp

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Operations of futex, from the kernel's include/uapi/linux/futex.h; the unix package does not carry them.
const (
	futexWait          = 0
	futexWake          = 1
	futexWaitBitset    = 9
	futexPrivateFlag   = 128
	futexClockRealtime = 256
)

// constants are the names that a policy file may use.
var constants = map[string]uint64{
	"FUTEX_WAIT":           futexWait,
	"FUTEX_WAKE":           futexWake,
	"FUTEX_WAIT_BITSET":    futexWaitBitset,
	"FUTEX_PRIVATE_FLAG":   futexPrivateFlag,
	"FUTEX_CLOCK_REALTIME": futexClockRealtime,

	"MADV_NORMAL":     unix.MADV_NORMAL,
	"MADV_RANDOM":     unix.MADV_RANDOM,
	"MADV_SEQUENTIAL": unix.MADV_SEQUENTIAL,
	"MADV_WILLNEED":   unix.MADV_WILLNEED,
	"MADV_DONTNEED":   unix.MADV_DONTNEED,
	"MADV_FREE":       unix.MADV_FREE,
	"MADV_HUGEPAGE":   unix.MADV_HUGEPAGE,
	"MADV_NOHUGEPAGE": unix.MADV_NOHUGEPAGE,

	"PROT_EXEC": unix.PROT_EXEC,

	"CLONE_VM":             unix.CLONE_VM,
	"CLONE_FS":             unix.CLONE_FS,
	"CLONE_FILES":          unix.CLONE_FILES,
	"CLONE_SIGHAND":        unix.CLONE_SIGHAND,
	"CLONE_THREAD":         unix.CLONE_THREAD,
	"CLONE_SYSVSEM":        unix.CLONE_SYSVSEM,
	"CLONE_SETTLS":         unix.CLONE_SETTLS,
	"CLONE_PARENT_SETTID":  unix.CLONE_PARENT_SETTID,
	"CLONE_CHILD_CLEARTID": unix.CLONE_CHILD_CLEARTID,

	"PR_SET_NAME": unix.PR_SET_NAME,
	"PR_SET_VMA":  unix.PR_SET_VMA,

	"TCGETS":     unix.TCGETS,
	"TIOCGWINSZ": unix.TIOCGWINSZ,
}

// errnos are the errors that a quiet rule may answer.
var errnos = map[string]Errno{
	"EPERM":  Errno(unix.EPERM),
	"ENOSYS": Errno(unix.ENOSYS),
	"ENOTTY": Errno(unix.ENOTTY),
}

func parseValue(text []byte) (Value, error) {
	if number, err := strconv.ParseUint(string(text), 0, 64); err == nil {
		return Value{Bits: number, Text: string(text)}, nil
	}
	var expression string
	if err := json.Unmarshal(text, &expression); err != nil {
		return Value{}, fmt.Errorf("value %s is neither a number nor a name", text)
	}
	v := Value{Text: expression}
	for name := range strings.SplitSeq(expression, "|") {
		bits, ok := constants[name]
		if !ok {
			return Value{}, fmt.Errorf("value %q: there is no constant %q", expression, name)
		}
		v.Bits |= bits
	}
	return v, nil
}

func parseErrno(text []byte) (Errno, error) {
	var name string
	if err := json.Unmarshal(text, &name); err != nil {
		return 0, fmt.Errorf("errno %s is not a name", text)
	}
	number, ok := errnos[name]
	if !ok {
		return 0, fmt.Errorf("errno %q is not one of those a quiet rule may answer", name)
	}
	return number, nil
}
