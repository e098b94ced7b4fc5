package seccomp

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Notification is one call that the filter denied.
type Notification struct {
	// Arch is the kernel's audit architecture of the call, Nr its number there, Name what a report calls it.
	Arch uint32
	Nr   int32
	Name string
	// PID is the calling thread's id.
	PID int
	// Args are the arguments as the process gave them. What they point to may change at any time.
	Args [6]uint64
	// Errno is what the call was answered.
	Errno unix.Errno
}

// Listener is the runner's end of a sealed process.
type Listener struct {
	fd   int
	arch Arch
	// request and response are as large as the running kernel's structures, which may have grown since this was written.
	request, response []byte
}

// The kernel's struct seccomp_notif and struct seccomp_notif_resp, as of their first version.
type request struct {
	id    uint64
	pid   uint32
	flags uint32
	nr    int32
	arch  uint32
	ip    uint64
	args  [6]uint64
}

type response struct {
	id    uint64
	value int64
	errno int32
	flags uint32
}

// listenerLink is what /proc shows for a listener's descriptor.
const listenerLink = "anon_inode:seccomp notify"

// NewListener takes over the descriptor that loading a filter with SECCOMP_FILTER_FLAG_NEW_LISTENER gave. It refuses
// any other kind of descriptor. The listener owns fd from now on; it is closed if an error is returned.
func NewListener(fd int) (*Listener, error) {
	l, err := newListener(fd)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("take over seccomp listener: %w", err), unix.Close(fd))
	}
	return l, nil
}

func newListener(fd int) (*Listener, error) {
	link, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd))
	if err != nil {
		return nil, err
	}
	if link != listenerLink {
		return nil, fmt.Errorf("the descriptor is %q, not a seccomp listener", link)
	}
	native, err := Native()
	if err != nil {
		return nil, err
	}
	requestSize, responseSize, err := structureSizes()
	if err != nil {
		return nil, err
	}
	// Wakes the strategy's thread on the runner's own processor, which cuts the price of a denied call. Kernels before 6.6
	// do not know it and lose nothing but speed.
	_ = unix.IoctlSetInt(fd, unix.SECCOMP_IOCTL_NOTIF_SET_FLAGS, unix.SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP)
	return &Listener{fd: fd, arch: native, request: make([]byte, requestSize), response: make([]byte, responseSize)}, nil
}

// structureSizes asks the kernel how large its structures are, and never returns less than this package reads.
func structureSizes() (requestSize, responseSize int, err error) {
	var sizes struct{ request, response, data uint16 }
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_GET_NOTIF_SIZES, 0, uintptr(unsafe.Pointer(&sizes)))
	if errno != 0 {
		return 0, 0, fmt.Errorf("ask the kernel for the size of seccomp notifications: %w", errno)
	}
	return max(int(sizes.request), int(unsafe.Sizeof(request{}))), max(int(sizes.response), int(unsafe.Sizeof(response{}))), nil
}

// Serve answers denied calls until the last sealed thread is gone (and, before Linux 6.11, reaped), then returns nil.
// Each call is handed to denied before it is answered, so a slow or blocked denied holds the strategy up and nothing is
// lost. The call itself is never executed. denied runs on Serve's own goroutine; requests to make a thread with clone3, which
// glibc repeats as clone, are answered ENOSYS and not handed over.
//
// An error means that the listener does not work; close it and kill the process.
func (l *Listener) Serve(denied func(Notification)) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for {
		alive, err := l.wait()
		if err != nil {
			return fmt.Errorf("wait for denied calls: %w", err)
		}
		if !alive {
			return nil
		}
		if err := l.answerNext(denied); err != nil {
			return err
		}
	}
}

// wait blocks until a call waits for an answer (true) or the last sealed thread is gone (false).
func (l *Listener) wait() (bool, error) {
	descriptors := []unix.PollFd{{Fd: int32(l.fd), Events: unix.POLLIN}}
	for {
		_, err := unix.Poll(descriptors, -1)
		switch revents := descriptors[0].Revents; {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return false, err
		case revents&unix.POLLIN != 0:
			return true, nil
		case revents&unix.POLLHUP != 0:
			return false, nil
		case revents&(unix.POLLERR|unix.POLLNVAL) != 0:
			return false, fmt.Errorf("the listener is broken (poll says %#x)", revents)
		}
	}
}

func (l *Listener) answerNext(denied func(Notification)) error {
	clear(l.request)
	err := ioctl(l.fd, unix.SECCOMP_IOCTL_NOTIF_RECV, unsafe.Pointer(&l.request[0]))
	switch {
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.EINTR):
		// The caller was killed or interrupted before its call could be read; an interrupted one asks again.
		return nil
	case err != nil:
		return fmt.Errorf("receive a denied call: %w", err)
	}
	r := (*request)(unsafe.Pointer(&l.request[0]))
	n, report := l.judge(r)
	if report {
		denied(n)
	}
	clear(l.response)
	answer := (*response)(unsafe.Pointer(&l.response[0]))
	answer.id, answer.errno = r.id, -int32(n.Errno)
	for err = unix.EINTR; errors.Is(err, unix.EINTR); {
		err = ioctl(l.fd, unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&l.response[0]))
	}
	if err != nil && !errors.Is(err, unix.ENOENT) { // ENOENT: the caller died meanwhile.
		return fmt.Errorf("answer a denied call: %w", err)
	}
	return nil
}

// Close gives the descriptor back; call it when Serve has returned. A sealed process that still runs gets ENOSYS for
// denied calls from then on.
func (l *Listener) Close() error { return unix.Close(l.fd) }

func ioctl(fd int, command uintptr, argument unsafe.Pointer) error {
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), command, uintptr(argument)); errno != 0 {
		return errno
	}
	return nil
}
