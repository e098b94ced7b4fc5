package config_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/stratbox/stratbox/internal/config"
)

func TestSettingTheSwitchLeavesTheRestAlone(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a value":                        {"sandbox:\n  enabled: true\n", "sandbox:\n  enabled: false\n"},
		"a value that is so already":     {"sandbox:\n  enabled: false # off\n", "sandbox:\n  enabled: false # off\n"},
		"a value among comments":         {"# top\nsandbox: # why\n  # the switch\n  enabled:   true   # on since May\n  # tail\ngate: {mode: Report}\n# end", "# top\nsandbox: # why\n  # the switch\n  enabled:   false   # on since May\n  # tail\ngate: {mode: Report}\n# end"},
		"a value at the end of the file": {"sandbox:\n  enabled: true", "sandbox:\n  enabled: false"},
		"another word for it":            {"sandbox:\n  enabled: Yes\n", "sandbox:\n  enabled: false\n"},
		"a value in braces":              {"sandbox: {cpuRequest: 200m, enabled: true}\n", "sandbox: {cpuRequest: 200m, enabled: false}\n"},
		"a value behind wide characters": {"sandbox: {runtimeClassName: '股', enabled: true}\n", "sandbox: {runtimeClassName: '股', enabled: false}\n"},
		"a value in quoted keys":         {"\"sandbox\":\n  'enabled': true\n", "\"sandbox\":\n  'enabled': false\n"},
		"a value on lines that end CRLF": {"gate: {}\r\nsandbox:\r\n  enabled: true\r\n", "gate: {}\r\nsandbox:\r\n  enabled: false\r\n"},
		"no value":                       {"sandbox:\n    # asks for less\n    cpuRequest: 200m\ngate: {}\n", "sandbox:\n    enabled: false\n    # asks for less\n    cpuRequest: 200m\ngate: {}\n"},
		"no value, CRLF":                 {"sandbox:\r\n  cpuRequest: 200m\r\n", "sandbox:\r\n  enabled: false\r\n  cpuRequest: 200m\r\n"},
		"no value in braces":             {"sandbox: {cpuRequest: 200m}\n", "sandbox: {enabled: false, cpuRequest: 200m}\n"},
		"empty braces":                   {"sandbox: {}\n", "sandbox: {enabled: false}\n"},
		"a section that is null":         {"sandbox: null # nothing\n", "sandbox: {enabled: false} # nothing\n"},
		"a section with nothing in it":   {"sandbox: # nothing\ngate: {}\n", "sandbox: # nothing\n  enabled: false\ngate: {}\n"},
		"the same at the file's end":     {"gate: {}\nsandbox:", "gate: {}\nsandbox:\n  enabled: false"},
		"no section":                     {"gate: {} # as it was\n", "gate: {} # as it was\nsandbox:\n  enabled: false\n"},
		"no section, no last line feed":  {"gate: {}", "gate: {}\nsandbox:\n  enabled: false\n"},
		"no section, but an indent":      {"  gate: {}\n", "  gate: {}\n  sandbox:\n    enabled: false\n"},
		"no section and an end mark":     {"# top\ngate: {}\n...\n", "# top\nsandbox:\n  enabled: false\ngate: {}\n...\n"},
		"a file in braces":               {"{gate: {mode: Report}}", "{sandbox: {enabled: false}, gate: {mode: Report}}"},
		"empty braces for a file":        {"{}\n", "{sandbox: {enabled: false}}\n"},
		"JSON":                           {`{"sandbox":{"enabled":true},"gate":{}}`, `{"sandbox":{"enabled":false},"gate":{}}`},
		"a file of comments":             {"# nothing yet\n", "# nothing yet\nsandbox:\n  enabled: false\n"},
		"an empty file":                  {"", "sandbox:\n  enabled: false\n"},
		"a mark for the beginning":       {"---\nsandbox:\n  enabled: true\n", "---\nsandbox:\n  enabled: false\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := config.SetSandboxEnabled([]byte(c.text), false)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			again, err := config.SetSandboxEnabled(got, false)
			if err != nil || !bytes.Equal(again, got) {
				t.Errorf("set again: %v\n%s", err, again)
			}
			if decoded, err := config.Decode(got); err != nil || decoded.Sandbox.Enabled {
				t.Errorf("the switch is not off: %v", err)
			}
		})
	}
}

func TestTheSwitchIsNotSetWhere(t *testing.T) {
	for name, c := range map[string]struct{ text, message string }{
		"the text is no YAML":                {"sandbox: [", "is not valid YAML"},
		"a field does not exist":             {"sandbox: {enabled: true, memory: 2Gi}", "unknown field"},
		"the switch is no switch":            {"sandbox: {enabled: maybe}", "cannot be read"},
		"a limit is out of bounds":           {"sandbox:\n  enabled: true\n  limits: {cpu: 1m}\n", "must be between"},
		"the value has a name":               {"sandbox:\n  enabled: &on true\n  userNamespaces: *on\n", "set sandbox.enabled to false by hand"},
		"the value is another's":             {"sandbox:\n  userNamespaces: &on true\n  enabled: *on\n", "by hand"},
		"the file is null":                   {"null\n", "by hand"},
		"the section is on a line by itself": {"? sandbox\n:\n", "by hand"},
	} {
		t.Run(name, func(t *testing.T) {
			text := []byte(c.text)
			got, err := config.SetSandboxEnabled(text, false)
			if err == nil || !strings.Contains(err.Error(), c.message) {
				t.Errorf("got %q, %v", got, err)
			}
			if string(text) != c.text {
				t.Error("the text was changed")
			}
		})
	}
}

// FuzzSetSandboxEnabled: whatever is written, what comes back says the same but for the switch, and differs in one place.
func FuzzSetSandboxEnabled(f *testing.F) {
	for _, text := range []string{
		"", "# c\n", "sandbox:\n  enabled: true\n", "sandbox:\r\n  enabled: no # x\r\ngate: {mode: Report}\r\n", "sandbox: {}\n", "sandbox:\n",
		"a: &a {enabled: true}\nsandbox: *a\n", "sandbox: {limits: {memory: 4Gi}}", "? sandbox\n: enabled: true\n", "{\"sandbox\":{}}",
		"datasets:\n  a: {image: {reference: |+\n    x\n\n", "---\nsandbox:\n  enabled: true\n---\nx: 1\n", "\ufeffsandbox: {enabled: true}\n",
		"sandbox: !!map {enabled: !!bool true}\n", "sandbox:\n  <<: {enabled: true}\n", "gate:\u0085  mode: Report\u2028sandbox:\n  enabled: true",
	} {
		f.Add(text, true)
		f.Add(text, false)
	}
	f.Fuzz(func(t *testing.T, text string, enabled bool) {
		want, invalid := config.Decode([]byte(text))
		got, err := config.SetSandboxEnabled([]byte(text), enabled)
		if invalid != nil {
			if err == nil {
				t.Fatalf("%q was changed to %q, although it is refused: %v", text, got, invalid)
			}
			return
		}
		if err != nil {
			return
		}
		back, err := config.Decode(got)
		if err != nil {
			t.Fatalf("%q was changed to %q: %v", text, got, err)
		}
		want.Sandbox.Enabled = enabled
		if !equality.Semantic.DeepEqual(want, back) {
			t.Fatalf("%q was changed to %q (-want +got):\n%s", text, got, cmp.Diff(want, back))
		}
		if kept := common(text, string(got)) + common(reversed(text), reversed(string(got))); kept < len(text)-len("false") {
			t.Fatalf("%q was changed to %q: %d bytes were kept", text, got, kept)
		}
	})
}

func common(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

func reversed(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}
