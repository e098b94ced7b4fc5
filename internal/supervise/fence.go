package supervise

import (
	"errors"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What Landlock calls by version: each adds to the one before.
const (
	fenceFiles = unix.LANDLOCK_ACCESS_FS_MAKE_SYM<<1 - 1 // all of version 1
	fenceRead  = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	fenceTCP   = unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
	fenceScope = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL
)

// LandlockVersion is the version of Landlock that the kernel has, 0 for none.
func LandlockVersion() int {
	version, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0
	}
	return int(version)
}

// fence is what a version of Landlock can keep a process from.
func fence(version int) unix.LandlockRulesetAttr {
	attr := unix.LandlockRulesetAttr{Handled_access_fs: fenceFiles}
	for _, added := range []struct {
		since int
		add   func()
	}{
		{2, func() { attr.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_REFER }},
		{3, func() { attr.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_TRUNCATE }},
		{4, func() { attr.Handled_access_net = fenceTCP }},
		{5, func() { attr.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_IOCTL_DEV }},
		// Version 6 has scopes too, but there a fenced thread cannot signal the other threads of its own process, which Go's
		// runtime does.
		{7, func() { attr.Scoped = fenceScope }},
	} {
		if version >= added.since {
			added.add()
		}
	}
	return attr
}

// fenceIn confines the calling thread and every process it starts from now on, for good: they read and execute beneath
// the readable paths, and write, connect, listen, signal and trace nothing outside. Paths that do not exist are passed
// over. Where the kernel has no Landlock, it does nothing.
func fenceIn(readable []string) error {
	version := LandlockVersion()
	if version == 0 {
		return nil
	}
	attr := fence(version)
	ruleset, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr), 0)
	if errno != 0 {
		return fmt.Errorf("make the fence: %w", errno)
	}
	defer unix.Close(int(ruleset))
	for _, path := range readable {
		if err := allow(int(ruleset), path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("let the strategy's process read %s: %w", path, err)
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("give up new privileges: %w", err)
	}
	if _, _, errno := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0, 0); errno != 0 {
		return fmt.Errorf("close the fence: %w", errno)
	}
	return nil
}

// allow lets the ruleset read what is beneath path.
func allow(ruleset int, path string) error {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return err
	}
	rule := unix.LandlockPathBeneathAttr{Allowed_access: fenceRead, Parent_fd: int32(fd)}
	if stat.Mode&unix.S_IFMT != unix.S_IFDIR {
		rule.Allowed_access &^= unix.LANDLOCK_ACCESS_FS_READ_DIR
	}
	if _, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(ruleset), unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&rule)), 0, 0, 0); errno != 0 {
		return errno
	}
	return nil
}
