package astexecutor

import (
	"net"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

func TestAConnectionIsGivenUpWhenTheOtherSideIsSilent(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	connection, err := dialer().DialContext(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	raw, err := connection.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	options := map[string][2]int{
		"probes are sent":                          {unix.SOL_SOCKET, unix.SO_KEEPALIVE},
		"seconds until the first":                  {unix.IPPROTO_TCP, unix.TCP_KEEPIDLE},
		"seconds between two":                      {unix.IPPROTO_TCP, unix.TCP_KEEPINTVL},
		"how many":                                 {unix.IPPROTO_TCP, unix.TCP_KEEPCNT},
		"milliseconds that data may be on its way": {unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT},
	}
	got := map[string]int{}
	if err := raw.Control(func(fd uintptr) {
		for name, option := range options {
			value, err := unix.GetsockoptInt(int(fd), option[0], option[1])
			if err != nil {
				t.Error(name, err)
			}
			got[name] = value
		}
	}); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{
		"probes are sent": 1, "seconds until the first": 5, "seconds between two": 2, "how many": 2,
		"milliseconds that data may be on its way": 10_000,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
