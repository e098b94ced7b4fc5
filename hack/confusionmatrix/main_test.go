package main

import (
	"strings"
	"testing"
)

func TestPage(t *testing.T) {
	lines, err := parse("happened\twant\tsaid\tmessage\nit ends\tCompleted\tCompleted\tthe strategy was scored\nit | breaks\tRunnerFailed\tCompleted\ta | b\n")
	if err != nil {
		t.Fatal(err)
	}
	text := page(lines)
	for _, line := range []string{
		"2 runs, 2 verdicts, 1 runs off the diagonal.",
		"| 1 `Completed` | 1 |  |",
		"| 2 `RunnerFailed` | 1 |  |",
		"| it ends | `Completed` | the strategy was scored |",
		`| it \| breaks | ` + "`Completed`" + ` | a \| b |`,
	} {
		if !strings.Contains(text, line) {
			t.Errorf("the page lacks %q:\n%s", line, text)
		}
	}
}

func TestParseRefusesALineThatIsCut(t *testing.T) {
	if _, err := parse("happened\twant\tsaid\tmessage\nit ends\tCompl\n"); err == nil {
		t.Error("a line of two columns was taken")
	}
}
