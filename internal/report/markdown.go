package report

import (
	_ "embed" // the text's layout
	"fmt"
	"io"
	"slices"
	"strings"
	"text/template"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
)

var (
	//go:embed report.md.tmpl
	markdownTemplate string

	markdown = template.Must(template.New("markdown").Funcs(template.FuncMap{"md": escapeMarkdown, "fence": fence}).Parse(markdownTemplate))
)

// Markdown writes what HTML shows as text and tables.
func Markdown(w io.Writer, benchmark *v1alpha1.Benchmark, samples overhead.Samples) error {
	content := struct {
		view
		Sketch string
	}{describe(benchmark, samples), sketch(benchmark)}
	if err := markdown.Execute(w, content); err != nil {
		return fmt.Errorf("write the report of benchmark %s: %w", benchmark.Name, err)
	}
	return nil
}

// markdownSpecial is what could begin markup, HTML or another cell in the middle of a line.
var markdownSpecial = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`,
	"|", `\|`, "~", `\~`, "&", `\&`, "#", `\#`, "!", `\!`, "$", `\$`)

// escapeMarkdown keeps text what it is: one line without markup.
func escapeMarkdown(text string) string { return markdownSpecial.Replace(oneLine(text)) }

// fence puts a text into a code block that it cannot end.
func fence(language, text string) string {
	text = visible(text)
	longest, run := 2, 0
	for _, r := range text {
		if r == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	marks := strings.Repeat("`", longest+1)
	return marks + language + "\n" + strings.TrimRight(text, "\n") + "\n" + marks
}

const (
	sketchWidth = 60
	sketchName  = 17
)

// sketch draws the estimates against the bands with characters.
func sketch(b *v1alpha1.Benchmark) string {
	marks, bands := estimates(b), bandsOf(b.Spec.Thresholds)
	if len(marks) == 0 {
		return ""
	}
	axis := overheadAxis(bands, marks, nil)
	column := func(value float64) int { return int(axis.share(value) * (sketchWidth - 1)) }
	empty := []rune(strings.Repeat("·", sketchWidth))
	labels := []rune(strings.Repeat(" ", sketchWidth+12))
	for _, value := range []float64{0, bands[0].upper, bands[1].upper} {
		if axis.beyond(value) {
			continue
		}
		empty[column(value)] = '│'
		copy(labels[column(value):], []rune(plain(value)))
	}
	var drawn strings.Builder
	line := func(name string, runes []rune) {
		fmt.Fprintln(&drawn, strings.TrimRight(fmt.Sprintf("%-*s%s", sketchName, name, string(runes)), " "))
	}
	line("", labels)
	for _, mark := range marks {
		runes := slices.Clone(empty)
		if mark.bounded {
			for at := column(mark.lower); at <= column(mark.upper); at++ {
				runes[at] = '━'
			}
		}
		runes[column(mark.value)] = '●'
		if mark.deciding {
			runes[column(mark.value)] = '◆'
		}
		line(mark.Name, runes)
	}
	return drawn.String()
}
