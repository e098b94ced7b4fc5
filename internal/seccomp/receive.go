package seccomp

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// ListenerMessage is the text of the control message that carries the listener's descriptor. seal.py sends it.
const ListenerMessage = "listener"

// ErrControlClosed says that the sealing process ended, or closed the control socket, without handing over a listener.
var ErrControlClosed = errors.New("the process closed its control socket without handing over a seccomp listener")

// ReceiveListener reads one message from the control socket (AF_UNIX, SOCK_SEQPACKET): the one with which seal.py hands
// the listener over. It blocks until a message or the end of the process comes. Anything else than exactly one listener is an error,
// and whatever descriptors came along are closed.
func ReceiveListener(control int) (*Listener, error) {
	text := make([]byte, 64)
	oob := make([]byte, unix.CmsgSpace(4*16))
	n, oobn, flags, _, err := unix.Recvmsg(control, text, oob, unix.MSG_CMSG_CLOEXEC)
	for errors.Is(err, unix.EINTR) {
		n, oobn, flags, _, err = unix.Recvmsg(control, text, oob, unix.MSG_CMSG_CLOEXEC)
	}
	if err != nil {
		return nil, fmt.Errorf("receive seccomp listener: %w", err)
	}
	received, err := descriptors(oob[:oobn])
	if err != nil {
		return nil, fmt.Errorf("receive seccomp listener: %w", err)
	}
	switch {
	case n == 0 && len(received) == 0:
		return nil, ErrControlClosed
	case len(received) != 1 || string(text[:n]) != ListenerMessage || flags&(unix.MSG_TRUNC|unix.MSG_CTRUNC) != 0:
		closeAll(received)
		return nil, fmt.Errorf("receive seccomp listener: message %q with %d descriptors, expected %q with one", text[:n], len(received), ListenerMessage)
	}
	return NewListener(received[0])
}

func descriptors(oob []byte) ([]int, error) {
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return nil, err
	}
	var received []int
	for i := range messages {
		fds, err := unix.ParseUnixRights(&messages[i])
		if err != nil {
			closeAll(received)
			return nil, err
		}
		received = append(received, fds...)
	}
	return received, nil
}

func closeAll(fds []int) {
	for _, fd := range fds {
		_ = unix.Close(fd)
	}
}
