package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/stratbox/stratbox/hack/localnode/internal/process"
	"github.com/stratbox/stratbox/hack/localnode/internal/render"
)

// InsideCommand is the hidden command by which this program becomes a component: it joins the node's cgroup and network, then executes what follows.
const InsideCommand = "inside"

const (
	readyPatience = 90 * time.Second
	stopPatience  = 20 * time.Second
	// answerPatience bounds one question to a component: one that is alive but stuck must not make a command hang.
	answerPatience = 5 * time.Second
	pollInterval   = 100 * time.Millisecond
	logTail        = 15
)

// Start starts one component that does not run and waits until it works.
func (n Node) Start(ctx context.Context, name string) error {
	return n.withComponent(name, func(component render.Component, made record) error {
		return n.ensure(ctx, component, made)
	})
}

// Stop ends one component with the signal and leaves the rest alone.
func (n Node) Stop(name string, signal syscall.Signal) error {
	return n.withComponent(name, func(component render.Component, _ record) error {
		return n.end(component, signal)
	})
}

// Restart ends one component with the signal and starts it again.
func (n Node) Restart(ctx context.Context, name string, signal syscall.Signal) error {
	return n.withComponent(name, func(component render.Component, made record) error {
		if err := n.end(component, signal); err != nil {
			return err
		}
		return n.ensure(ctx, component, made)
	})
}

func (n Node) withComponent(name string, work func(render.Component, record) error) error {
	component, err := n.component(name)
	if err != nil {
		return err
	}
	release, err := n.lock()
	if err != nil {
		return err
	}
	defer release()
	made, err := n.load()
	if err != nil {
		return err
	}
	return work(component, made)
}

func (n Node) end(component render.Component, signal syscall.Signal) error {
	identity, alive, err := n.identity(component)
	if err != nil {
		return err
	}
	if !alive {
		n.Report("%s does not run", component.Name)
		return nil
	}
	if err := identity.Stop(signal, stopPatience); err != nil {
		return fmt.Errorf("stopping %s: %w", component.Name, err)
	}
	n.Report("%s stopped (pid %d)", component.Name, identity.PID)
	return nil
}

// errEnded says that a component's process ended while it was waited for.
var errEnded = errors.New("ended before it was ready")

// ensure starts the component unless it runs, and waits until it works either way.
func (n Node) ensure(ctx context.Context, component render.Component, made record) error {
	began := time.Now()
	identity, alive, err := n.identity(component)
	if err != nil {
		return err
	}
	if alive {
		// One that was just killed may still be seen once.
		if err := n.awaitReady(ctx, component, identity, made.Bin); !errors.Is(err, errEnded) {
			return err
		}
	}
	if identity, err = n.launch(component, made.Bin); err != nil {
		return fmt.Errorf("starting %s: %w", component.Name, err)
	}
	if err := n.awaitReady(ctx, component, identity, made.Bin); err != nil {
		return err
	}
	n.Report("%s is ready (%.1f s)", component.Name, time.Since(began).Seconds())
	return nil
}

func (n Node) launch(component render.Component, bin string) (process.Identity, error) {
	log, err := os.OpenFile(n.Layout.Log(component.Name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return process.Identity{}, fmt.Errorf("opening its log: %w", err)
	}
	defer func() { _ = log.Close() }()
	self, err := os.Executable()
	if err != nil {
		return process.Identity{}, fmt.Errorf("finding this program: %w", err)
	}
	command := exec.Command(self, append([]string{InsideCommand}, component.Args...)...)
	command.Dir = "/"
	command.Stdout, command.Stderr = log, log
	// A session of its own: the component is not ended with the terminal it was started from.
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	command.Env = componentEnvironment(os.Environ(), bin)
	if err := command.Start(); err != nil {
		return process.Identity{}, err
	}
	identity, err := process.Identify(command.Process.Pid)
	if err == nil {
		err = identity.Save(n.Layout.ProcessRecord(component.Name))
	}
	if err != nil {
		_ = command.Process.Kill()
		_ = command.Wait()
		return process.Identity{}, err
	}
	// Reap it if it dies while this program still runs, so that its death is seen.
	go func() { _ = command.Wait() }()
	return identity, nil
}

// componentEnvironment leaves out the caller's settings that would change what a component does.
func componentEnvironment(caller []string, bin string) []string {
	environment := []string{}
	path := "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	for _, entry := range caller {
		name, _, _ := strings.Cut(entry, "=")
		switch {
		case name == "HOME", name == "LANG", name == "TZ", name == numberVariable:
			environment = append(environment, entry)
		case strings.HasPrefix(name, "SSL_CERT_"):
			environment = append(environment, entry)
		}
	}
	return append(environment, "PATH="+bin+":"+path)
}

// awaitReady waits until the component answers that it works, and explains from its log why it does not.
func (n Node) awaitReady(ctx context.Context, component render.Component, identity process.Identity, bin string) error {
	ctx, cancel := context.WithTimeout(ctx, readyPatience)
	defer cancel()
	for {
		if !identity.Alive() {
			return n.explain(component, errEnded)
		}
		err := n.healthy(ctx, component, bin)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return n.explain(component, fmt.Errorf("was not ready after %s (%w)", readyPatience, err))
		case <-time.After(pollInterval):
		}
	}
}

func (n Node) healthy(ctx context.Context, component render.Component, bin string) error {
	ctx, cancel := context.WithTimeout(ctx, answerPatience)
	defer cancel()
	if component.Health == "" {
		return n.ctr(ctx, bin, "version").Run()
	}
	return n.probe(ctx, component.Health)
}

// ctr runs containerd's own client against the node.
func (n Node) ctr(ctx context.Context, bin string, args ...string) *exec.Cmd {
	args = append([]string{"--address", n.Layout.ContainerdSocket(), "--namespace", "k8s.io"}, args...)
	return exec.CommandContext(ctx, filepath.Join(bin, "ctr"), args...)
}

// explain adds the end of the component's log to what is wrong with it.
func (n Node) explain(component render.Component, what error) error {
	path := n.Layout.Log(component.Name)
	text, _ := os.ReadFile(path)
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	if len(lines) > logTail {
		lines = lines[len(lines)-logTail:]
	}
	return fmt.Errorf("%s %w; the end of %s:\n%s", component.Name, what, path, bytes.Join(lines, []byte("\n")))
}
