package process

import "golang.org/x/sys/unix"

// waitNoReap waits until the child has ended and leaves it unreaped.
func waitNoReap(pid int) error {
	for {
		if err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil); err != unix.EINTR {
			return err
		}
	}
}
