// Package network makes the node a network namespace of its own, linked to the machine by a veth pair: the API server is
// reachable from an ordinary shell, and everything else the node does to its network ends with the namespace.
package network

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"runtime"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"github.com/stratbox/stratbox/hack/localnode/internal/layout"
)

// sysctls are set inside the namespace only.
var sysctls = map[string]string{
	"/proc/sys/net/ipv4/ip_forward": "1",
	// Pods share a bridge. Without this an answer from one Pod to another would bypass the Service's address translation.
	"/proc/sys/net/bridge/bridge-nf-call-iptables": "1",
}

// Exists says whether the namespace is there. After a reboot the file it was mounted on may be left without it.
func Exists(l layout.Layout) bool {
	var stat unix.Statfs_t
	return unix.Statfs(l.Netns(), &stat) == nil && stat.Type == unix.NSFS_MAGIC
}

// Up makes the namespace, the link and the addresses.
func Up(l layout.Layout) error {
	if err := makeNamespace(l.Name); err != nil {
		return fmt.Errorf("making network namespace %s: %w", l.Name, err)
	}
	// Elsewhere the kernel loads what is asked for, but nobody asks for this one. Where it is built in there is nothing to load.
	_ = exec.Command("modprobe", "--quiet", "br_netfilter").Run()
	target, err := netns.GetFromPath(l.Netns())
	if err != nil {
		return fmt.Errorf("opening network namespace %s: %w", l.Name, err)
	}
	defer func() { _ = target.Close() }()
	pair := &netlink.Veth{
		LinkAttrs: netlink.LinkAttrs{Name: l.HostLink}, PeerName: l.NodeLink, PeerNamespace: netlink.NsFd(target),
	}
	if err := netlink.LinkAdd(pair); err != nil {
		return fmt.Errorf("linking %s to the node: %w", l.HostLink, err)
	}
	if err := raise(l.HostLink, l.HostAddress, l.LinkPrefix); err != nil {
		return err
	}
	if err := Do(l, func() error { return configureInside(l) }); err != nil {
		return err
	}
	// Through the node, so that Pods and Services answer to an ordinary shell as well.
	for _, subnet := range []string{l.PodSubnet, l.ServiceSubnet} {
		if err := addRoute(subnet, l.NodeAddress); err != nil {
			return err
		}
	}
	return nil
}

// makeNamespace works on a thread of its own, which ends with it: a thread in a foreign namespace must not be used again.
func makeNamespace(name string) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		handle, err := netns.NewNamed(name)
		if err == nil {
			err = handle.Close()
		}
		done <- err
	}()
	return <-done
}

func configureInside(l layout.Layout) error {
	for path, value := range sysctls {
		// A kernel without the bridge filter has no such file; there a Pod reaches no other Pod through a Service.
		if err := os.WriteFile(path, []byte(value), 0o644); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("setting %s: %w", path, err)
		}
	}
	if err := raise("lo", "", 0); err != nil {
		return err
	}
	if err := raise(l.NodeLink, l.NodeAddress, l.LinkPrefix); err != nil {
		return err
	}
	return addRoute("0.0.0.0/0", l.HostAddress)
}

func addRoute(subnet, gateway string) error {
	_, destination, err := net.ParseCIDR(subnet)
	if err != nil {
		return fmt.Errorf("route to %s: %w", subnet, err)
	}
	if err := netlink.RouteAdd(&netlink.Route{Dst: destination, Gw: net.ParseIP(gateway)}); err != nil {
		return fmt.Errorf("adding the route to %s through %s: %w", subnet, gateway, err)
	}
	return nil
}

func raise(name, address string, prefix int) error {
	link, err := netlink.LinkByName(name)
	if err != nil {
		return fmt.Errorf("finding link %s: %w", name, err)
	}
	if address != "" {
		parsed, err := netlink.ParseAddr(fmt.Sprintf("%s/%d", address, prefix))
		if err != nil {
			return fmt.Errorf("address of %s: %w", name, err)
		}
		if err := netlink.AddrAdd(link, parsed); err != nil {
			return fmt.Errorf("giving %s to %s: %w", address, name, err)
		}
	}
	if err := netlink.LinkSetUp(link); err != nil {
		return fmt.Errorf("raising %s: %w", name, err)
	}
	return nil
}

// Down removes what Up made. What is not there is not missed.
func Down(l layout.Layout) error {
	var failed []error
	// The namespace is taken apart by the kernel in its own time; the link is removed now, so that its name is free at once.
	if link, err := netlink.LinkByName(l.HostLink); err == nil {
		if err := netlink.LinkDel(link); err != nil {
			failed = append(failed, fmt.Errorf("removing link %s: %w", l.HostLink, err))
		}
	}
	if Exists(l) {
		if err := unix.Unmount(l.Netns(), unix.MNT_DETACH); err != nil {
			failed = append(failed, fmt.Errorf("unmounting network namespace %s: %w", l.Name, err))
		}
	}
	if err := os.Remove(l.Netns()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		failed = append(failed, fmt.Errorf("removing network namespace %s: %w", l.Name, err))
	}
	return errors.Join(failed...)
}

// Left names what Down should have removed.
func Left(l layout.Layout) []string {
	var left []string
	if _, err := netlink.LinkByName(l.HostLink); err == nil {
		left = append(left, "network link "+l.HostLink)
	}
	if _, err := os.Lstat(l.Netns()); err == nil {
		left = append(left, "network namespace "+l.Name)
	}
	return left
}

// Enter moves the calling thread into the node's network; the caller has locked it and never returns it.
func Enter(l layout.Layout) error {
	handle, err := netns.GetFromPath(l.Netns())
	if err != nil {
		return fmt.Errorf("opening network namespace %s: %w", l.Name, err)
	}
	defer func() { _ = handle.Close() }()
	if err := netns.Set(handle); err != nil {
		return fmt.Errorf("entering network namespace %s: %w", l.Name, err)
	}
	return nil
}

// Do calls work on a thread that is inside the node's network.
func Do(l layout.Layout, work func() error) error {
	done := make(chan error, 1)
	go func() {
		// Never unlocked, so the thread ends with the goroutine.
		runtime.LockOSThread()
		if err := Enter(l); err != nil {
			done <- err
			return
		}
		done <- work()
	}()
	return <-done
}

// Dial connects from inside the node's network. The address is an IP address: a name would be looked up on other threads.
func Dial(ctx context.Context, l layout.Layout, kind, address string) (connection net.Conn, err error) {
	err = Do(l, func() error {
		connection, err = (&net.Dialer{}).DialContext(ctx, kind, address)
		return err
	})
	return connection, err
}
