package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	seccompprofile "github.com/stratbox/stratbox/config/seccomp"
)

func TestCheckTellsWhetherTheProfileIsInPlace(t *testing.T) {
	root := t.TempDir()
	log := slog.New(slog.DiscardHandler)
	if err := run(t.Context(), log, []string{"--root", root, "check"}); err == nil {
		t.Error("check passed before the profile was written")
	}
	ended, stop := context.WithCancel(t.Context())
	stop()
	if err := run(ended, log, []string{"--root", root}); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), log, []string{"--root", root, "check"}); err != nil {
		t.Error(err)
	}
	content, err := os.ReadFile(filepath.Join(root, seccompprofile.LocalhostProfile()))
	if err != nil || string(content) != string(seccompprofile.Bytes()) {
		t.Errorf("the file does not hold the profile: %v", err)
	}
}

func TestUnknownArgumentsAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"a command that does not exist": {[]string{"install"}, "unknown arguments"},
		"a word after check":            {[]string{"check", "now"}, "unknown arguments"},
		"a flag that does not exist":    {[]string{"--folder", "x"}, "not defined"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := run(t.Context(), slog.New(slog.DiscardHandler), c.args); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}
