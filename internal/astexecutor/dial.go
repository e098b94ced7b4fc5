package astexecutor

import (
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// dialTimeout bounds the making of a connection. An executor is in the same cluster.
	dialTimeout = 3 * time.Second
	// deadAfter is how long a connection may be without a sign of life from the other side. The node of an executor that
	// is gone says nothing, and the answer to Wait may take its time.
	deadAfter = 10 * time.Second
)

// dialer makes connections that notice the other side's end even if nobody tells of it.
func dialer() *net.Dialer {
	return &net.Dialer{
		Timeout:         dialTimeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: deadAfter / 2, Interval: deadAfter / 5, Count: 2},
		Control: func(_, _ string, connection syscall.RawConn) error {
			var err error
			if failed := connection.Control(func(fd uintptr) {
				// Keep-alive says nothing while a request is not acknowledged.
				err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(deadAfter.Milliseconds()))
			}); failed != nil {
				return failed
			}
			return err
		},
	}
}
