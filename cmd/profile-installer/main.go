// Command profile-installer keeps the seccomp profile of run Pods below a node's kubelet seccomp folder.
//
// Usage: profile-installer [--root FOLDER]          write the profile and keep it in place until SIGTERM
//
//	profile-installer [--root FOLDER] check    exit 0 if the profile is in place (for a readiness probe)
//
// It runs as the owner of the folder, which on a node is root, and needs no capability, no network and no access to the API.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	seccompprofile "github.com/stratbox/stratbox/config/seccomp"
	"github.com/stratbox/stratbox/internal/profileinstall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	if err := run(ctx, log, os.Args[1:]); err != nil {
		log.Error("the profile is not in place", "error", err.Error())
		os.Exit(1)
	}
}

func run(ctx context.Context, log *slog.Logger, args []string) error {
	flags := flag.NewFlagSet("profile-installer", flag.ContinueOnError)
	root := flags.String("root", "/var/lib/kubelet/seccomp", "the kubelet's seccomp folder")
	if err := flags.Parse(args); err != nil {
		return err
	}
	profile := profileinstall.Profile{
		Root: *root, Folder: seccompprofile.Folder, Name: seccompprofile.FileName(), Content: seccompprofile.Bytes(),
	}
	switch {
	case flags.NArg() == 0:
		return profile.Keep(ctx, log)
	case flags.NArg() == 1 && flags.Arg(0) == "check":
		return profile.Check()
	default:
		return fmt.Errorf("unknown arguments %q; the only command is \"check\"", flags.Args())
	}
}
