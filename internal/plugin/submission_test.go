package plugin

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// parsed is a submission as flags say it.
func parsed(t *testing.T, arguments ...string) (*submission, error) {
	t.Helper()
	s := &submission{}
	flags := pflag.NewFlagSet("submit", pflag.ContinueOnError)
	s.addTo(flags)
	return s, flags.Parse(arguments)
}

func TestARunIsNamedAfterItsFile(t *testing.T) {
	for file, want := range map[string][2]string{
		"momentum.py":                           {"momentum-abcde", "momentum"},
		"some/folder/Momentum_12 (copy).py":     {"momentum-12-copy-abcde", "Momentum_12 (copy)"},
		"-":                                     {"strategy-abcde", "strategy"},
		"動能.py":                                 {"strategy-abcde", "動能"},
		"x.y":                                   {"x-y-abcde", "x.y"},
		strings.Repeat("long", 20) + ".py":      {strings.Repeat("long", 20)[:54] + "-abcde", strings.Repeat("long", 20)},
		strings.Repeat("a", 53) + "-tail.py":    {strings.Repeat("a", 53) + "-abcde", strings.Repeat("a", 53) + "-tail"},
		strings.Repeat("long.py.", 3) + "py":    {"long-py-long-py-long-py-abcde", "long.py.long.py.long.py"},
		"trailing---.py":                        {"trailing-abcde", "trailing---"},
		"/absolute/path/to/MeanReversion_v2.py": {"meanreversion-v2-abcde", "MeanReversion_v2"},
	} {
		s, err := parsed(t)
		if err != nil {
			t.Fatal(err)
		}
		run, err := s.run(file, "code", "ns", "abcde")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, [2]string{run.Name, run.Spec.StrategyID}); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
		if len(run.Name) > maxName {
			t.Errorf("%s has %d characters", run.Name, len(run.Name))
		}
		if run.Spec.Mode != v1alpha1.ModeAuto || run.Spec.Dataset != "tw-daily" || run.Spec.Source.Inline != "code" {
			t.Errorf("%+v", run.Spec)
		}
	}
}

func TestMistakesInFlagsAreNamed(t *testing.T) {
	for name, test := range map[string]struct {
		arguments []string
		want      string
	}{
		"a mode":                          {[]string{"--mode", "sandbox"}, "--mode sandbox is unknown; it is Auto, Sandbox or ASTOnly"},
		"a fallback":                      {[]string{"--fallback", "Maybe"}, "--fallback Maybe is unknown; it is SandboxFailure, InfrastructureFailure or Never"},
		"a parameter without a value":     {[]string{"--param", "window"}, "--param window: write it as NAME=VALUE"},
		"a parameter without a name":      {[]string{"--param", "=1"}, "--param =1: write it as NAME=VALUE"},
		"a parameter that is given twice": {[]string{"--param", "w=1", "--param", "w=2"}, "--param w is given twice"},
		"a quantity":                      {[]string{"--memory", "2 GB"}, "--memory 2 GB is no quantity such as 2Gi"},
		"a time in words":                 {[]string{"--deadline", "soon"}, "write it as 90, 90s or 5m"},
		"half a second":                   {[]string{"--cpu-time", "1.5s"}, "it is a whole number of seconds"},
		"a negative time":                 {[]string{"--ttl", "-1s"}, "it is a whole number of seconds"},
		"more time than there is":         {[]string{"--ttl", "900000h"}, "it is a whole number of seconds"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := parsed(t, test.arguments...)
			if err == nil {
				_, err = s.run("x.py", "code", "ns", "abcde")
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q in it", err, test.want)
			}
		})
	}
}

func TestTimesAreWrittenInTwoWays(t *testing.T) {
	for text, want := range map[string]int32{"0": 0, "90": 90, "90s": 90, "5m": 300, "1h30m": 5400, "2147483647": 2147483647} {
		var value secondsValue
		if err := value.Set(text); err != nil || *value.seconds != want {
			t.Errorf("%s: %v, %v", text, value.seconds, err)
		}
	}
	var unset, set secondsValue
	if err := set.Set("90"); err != nil || unset.String() != "" || set.String() != "1m30s" {
		t.Errorf("%q, %q, %v", unset.String(), set.String(), err)
	}
}

func TestCodeIsRead(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, test := range map[string]struct {
		file, piped, want, fails string
	}{
		"a file":                     {file: file("a.py", "code\r\n"), want: "code\r\n"},
		"what is piped in":           {file: "-", piped: "code", want: "code"},
		"as much as there may be":    {file: file("b.py", strings.Repeat("x", maxSource)), want: strings.Repeat("x", maxSource)},
		"a byte more":                {file: file("c.py", strings.Repeat("x", maxSource+1)), fails: "has more than 128 KiB"},
		"nothing":                    {file: "-", fails: "standard input is empty"},
		"another encoding":           {file: file("d.py", "\xa6\xac\xbd\xbb"), fails: "is not UTF-8"},
		"a file that does not exist": {file: filepath.Join(dir, "no.py"), fails: "no such file"},
		"a folder instead of a file": {file: dir, fails: "is a directory"},
	} {
		t.Run(name, func(t *testing.T) {
			code, err := read(test.file, strings.NewReader(test.piped))
			if code != test.want || (err == nil) != (test.fails == "") || (err != nil && !strings.Contains(err.Error(), test.fails)) {
				t.Errorf("%d bytes, %v", len(code), err)
			}
		})
	}
	broken := errors.New("the pipe broke")
	if _, err := read("-", iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Error(err)
	}
}
