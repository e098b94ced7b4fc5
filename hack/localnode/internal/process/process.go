// Package process starts components that outlive the program that starts them, and knows them again later.
package process

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Identity tells a process from every other one that has had, or will have, its id: ids are reused, ids with a start time since boot are not.
type Identity struct {
	PID       int    `json:"pid"`
	StartTick uint64 `json:"startTick"`
	BootID    string `json:"bootID"`
}

// killPatience is how long a killed process may take to end: only a stuck disk makes it take long.
const killPatience = 10 * time.Second

// state is what /proc/PID/stat tells about a process.
type state struct {
	code      byte
	startTick uint64
}

// parseStat reads /proc/PID/stat. The command's name is in parentheses and may itself hold blanks and parentheses.
func parseStat(stat string) (state, error) {
	end := strings.LastIndexByte(stat, ')')
	if end < 0 {
		return state{}, fmt.Errorf("no command name in %q", stat)
	}
	// The first field after the name is number 3, the process state; the start time is number 22.
	fields := strings.Fields(stat[end+1:])
	if len(fields) < 20 {
		return state{}, fmt.Errorf("%d fields after the command name in %q, want 20", len(fields), stat)
	}
	tick, err := strconv.ParseUint(fields[19], 10, 64)
	if err != nil {
		return state{}, fmt.Errorf("start time in %q: %w", stat, err)
	}
	return state{code: fields[0][0], startTick: tick}, nil
}

func readState(pid int) (state, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return state{}, err
	}
	return parseStat(string(stat))
}

// BootID names the time since the machine was last started.
func BootID() (string, error) {
	text, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", fmt.Errorf("reading the boot id: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// Identify names the process that has this id now.
func Identify(pid int) (Identity, error) {
	current, err := readState(pid)
	if err != nil {
		return Identity{}, fmt.Errorf("identifying process %d: %w", pid, err)
	}
	boot, err := BootID()
	if err != nil {
		return Identity{}, err
	}
	return Identity{PID: pid, StartTick: current.startTick, BootID: boot}, nil
}

// Alive says whether this very process still runs. A zombie does not.
func (i Identity) Alive() bool {
	current, err := readState(i.PID)
	if err != nil || current.code == 'Z' || current.code == 'X' {
		return false
	}
	boot, err := BootID()
	return err == nil && current.startTick == i.StartTick && boot == i.BootID
}

// Stop sends the signal and waits until the process has ended; after patience it is killed.
func (i Identity) Stop(signal syscall.Signal, patience time.Duration) error {
	// The handle is opened before the process is recognised, so the signal cannot reach a successor with the same id.
	handle, err := os.FindProcess(i.PID)
	if err != nil {
		return fmt.Errorf("opening process %d: %w", i.PID, err)
	}
	defer func() { _ = handle.Release() }()
	if !i.Alive() {
		return nil
	}
	for _, attempt := range []struct {
		signal   syscall.Signal
		patience time.Duration
	}{{signal, patience}, {syscall.SIGKILL, killPatience}} {
		if err := handle.Signal(attempt.signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("sending %v to process %d: %w", attempt.signal, i.PID, err)
		}
		for deadline := time.Now().Add(attempt.patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			if !i.Alive() {
				return nil
			}
		}
	}
	return fmt.Errorf("process %d survived SIGKILL for %s", i.PID, killPatience)
}

// Load reads a recorded identity; ok is false when there is none.
func Load(path string) (identity Identity, ok bool, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Identity{}, false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &identity)
	}
	if err != nil {
		return Identity{}, false, fmt.Errorf("reading the process record %s: %w", path, err)
	}
	return identity, true, nil
}

// Save records the identity, whole or not at all.
func (i Identity) Save(path string) error {
	text, err := json.Marshal(i)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("making the folder of process records: %w", err)
	}
	if err := os.WriteFile(path+".new", text, 0o644); err != nil {
		return fmt.Errorf("recording process %d: %w", i.PID, err)
	}
	return os.Rename(path+".new", path)
}
