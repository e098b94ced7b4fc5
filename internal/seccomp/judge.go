package seccomp

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// threadFlags are the flags of glibc's pthread_create, for clone and for clone3.
const threadFlags = unix.CLONE_VM | unix.CLONE_FS | unix.CLONE_FILES | unix.CLONE_SIGHAND | unix.CLONE_THREAD |
	unix.CLONE_SYSVSEM | unix.CLONE_SETTLS | unix.CLONE_PARENT_SETTID | unix.CLONE_CHILD_CLEARTID

// judge decides what a call is answered and whether it is reported. The answer is always an error.
func (l *Listener) judge(r *request) (n Notification, report bool) {
	n = Notification{
		Arch: r.arch, Nr: r.nr, Name: l.arch.Name(r.arch, r.nr),
		PID: int(r.pid), Args: r.args, Errno: unix.EPERM,
	}
	if n.Name == "clone3" {
		if flags, err := cloneFlags(n.PID, r.args[0]); err == nil && flags == threadFlags {
			// glibc takes ENOSYS as an old kernel and asks again with clone, whose flags the filter can see. Another thread
			// may change the flags while they are read; all it wins is that its failed attempt goes unnamed.
			n.Errno = unix.ENOSYS
			return n, false
		}
	}
	return n, true
}

// cloneFlags reads the flags of a clone3 call, the first 8 bytes of its struct clone_args, from the caller's memory.
// A parent may read its own child's memory without privilege.
func cloneFlags(tid int, address uint64) (uint64, error) {
	var flags [8]byte
	local := []unix.Iovec{{Base: &flags[0]}}
	local[0].SetLen(len(flags))
	remote := []unix.RemoteIovec{{Base: uintptr(address), Len: len(flags)}}
	n, err := unix.ProcessVMReadv(tid, local, remote, 0)
	if err != nil {
		return 0, err
	}
	if n != len(flags) {
		return 0, unix.EFAULT
	}
	return binary.NativeEndian.Uint64(flags[:]), nil
}
