package seccomp

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// strategyFiles are the descriptors of a sealed process at the moment its code is handed over.
var strategyFiles = map[int]string{0: "/dev/null", 1: "pipe", 2: "pipe", 4: "pipe", 5: "pipe"}

// VerifySealed checks, from what the kernel says in /proc, that a child of this process is sealed: every thread has
// no_new_privs and one seccomp filter more than this process, exactly descriptors 0 (/dev/null), 1, 2, 4 and 5 (pipes) are
// open, and no memory is both writable and executable, so that only code that was loaded can ever run. Call it when the control socket has reached its end and before the strategy's code is handed over.
func VerifySealed(pid int) error {
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	own, err := readStatus("/proc/self/status")
	if err != nil {
		return fmt.Errorf("verify the seal: %w", err)
	}
	if err := verifyThreads(proc, own.filters+1); err != nil {
		return fmt.Errorf("verify the seal of process %d: %w", pid, err)
	}
	if err := verifyFiles(proc, strategyFiles); err != nil {
		return fmt.Errorf("verify the seal of process %d: %w", pid, err)
	}
	if err := verifyMemory(proc); err != nil {
		return fmt.Errorf("verify the seal of process %d: %w", pid, err)
	}
	return nil
}

func verifyThreads(proc string, filters int) error {
	tasks, err := os.ReadDir(filepath.Join(proc, "task"))
	if err != nil {
		return fmt.Errorf("list its threads: %w", err)
	}
	checked := 0
	for _, task := range tasks {
		s, err := readStatus(filepath.Join(proc, "task", task.Name(), "status"))
		if errors.Is(err, fs.ErrNotExist) {
			continue // the thread ended meanwhile
		}
		if err != nil {
			return err
		}
		if err := s.verify(filters); err != nil {
			return fmt.Errorf("thread %s: %w", task.Name(), err)
		}
		checked++
	}
	if checked == 0 {
		return errors.New("it has no threads left")
	}
	return nil
}

// status is what /proc/PID/status says of seccomp.
type status struct{ mode, filters, noNewPrivs int }

func (s status) verify(filters int) error {
	switch {
	case s.noNewPrivs != 1:
		return errors.New("no_new_privs is not set")
	case s.mode != 2:
		return fmt.Errorf("seccomp mode is %d, expected 2 (filter)", s.mode)
	case s.filters != filters:
		return fmt.Errorf("it has %d seccomp filters, expected %d", s.filters, filters)
	}
	return nil
}

func readStatus(path string) (status, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return status{}, err
	}
	return parseStatus(string(text))
}

func parseStatus(text string) (status, error) {
	var s status
	fields := map[string]*int{"Seccomp": &s.mode, "Seccomp_filters": &s.filters, "NoNewPrivs": &s.noNewPrivs}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(line, ":")
		field, ok := fields[name]
		if !ok {
			continue
		}
		number, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil {
			return status{}, fmt.Errorf("%s in the process's status is not a number: %w", name, err)
		}
		*field = number
		delete(fields, name)
	}
	if len(fields) > 0 {
		return status{}, errors.New("the kernel's /proc does not tell NoNewPrivs, Seccomp and Seccomp_filters; Linux 5.9 or newer is needed")
	}
	return s, nil
}

func verifyFiles(proc string, expected map[int]string) error {
	entries, err := os.ReadDir(filepath.Join(proc, "fd"))
	if err != nil {
		return fmt.Errorf("list its descriptors: %w", err)
	}
	open := map[int]string{}
	for _, entry := range entries {
		fd, err := strconv.Atoi(entry.Name())
		if err != nil {
			return fmt.Errorf("descriptor %q is not a number", entry.Name())
		}
		link, err := os.Readlink(filepath.Join(proc, "fd", entry.Name()))
		if err != nil {
			return fmt.Errorf("look at descriptor %d: %w", fd, err)
		}
		open[fd] = link
	}
	return compareFiles(open, expected)
}

func compareFiles(open, expected map[int]string) error {
	var faults []error
	for fd, link := range open {
		kind, ok := expected[fd]
		switch {
		case link == listenerLink:
			faults = append(faults, fmt.Errorf("descriptor %d is a seccomp listener: the process could answer its own calls", fd))
		case !ok:
			faults = append(faults, fmt.Errorf("descriptor %d (%s) should not be open", fd, link))
		case link != kind && !strings.HasPrefix(link, kind+":["):
			faults = append(faults, fmt.Errorf("descriptor %d is %s, expected %s", fd, link, kind))
		}
	}
	for fd, kind := range expected {
		if _, ok := open[fd]; !ok {
			faults = append(faults, fmt.Errorf("descriptor %d (%s) is not open", fd, kind))
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(faults...)
}

func verifyMemory(proc string) error {
	text, err := os.ReadFile(filepath.Join(proc, "maps"))
	if err != nil {
		return fmt.Errorf("list its memory: %w", err)
	}
	return checkMaps(string(text))
}

// checkMaps looks for memory through which code could be made: writable and executable at once, or shared and writable
// here while the same file is executable there.
func checkMaps(maps string) error {
	writable, executable := map[string]bool{}, map[string]bool{}
	for line := range strings.Lines(maps) {
		fields := strings.Fields(line)
		if len(fields) < 5 || len(fields[1]) != 4 {
			return fmt.Errorf("a line of its memory is not understood: %q", strings.TrimSpace(line))
		}
		mode, file := fields[1], fields[3]+" "+fields[4]
		if mode[1] == 'w' && mode[2] == 'x' {
			return fmt.Errorf("memory at %s is both writable and executable", fields[0])
		}
		if strings.HasSuffix(file, " 0") {
			continue // no file
		}
		writable[file] = writable[file] || mode[1] == 'w' && mode[3] == 's'
		executable[file] = executable[file] || mode[2] == 'x'
		if writable[file] && executable[file] {
			return fmt.Errorf("memory at %s is a file that is mapped both writable and executable", fields[0])
		}
	}
	return nil
}
