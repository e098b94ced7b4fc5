package explain

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/width"

	"github.com/stratbox/stratbox/internal/contract"
)

// page is text for people. What a strategy or the author of an object has written never reaches a terminal as anything but text.
type page struct {
	text strings.Builder
}

// line writes one line. Arguments that are strings are cleaned.
func (p *page) line(format string, arguments ...any) {
	p.end(fmt.Sprintf(format, clean(arguments)...))
}

// end writes the end of a line, without blanks at its end.
func (p *page) end(text string) {
	p.text.WriteString(strings.TrimRight(text, " "))
	p.text.WriteByte('\n')
}

// section begins a part of the page.
func (p *page) section(title string) {
	p.end("")
	p.line("%s", title)
}

// table writes rows in columns.
func (p *page) table(indent string, rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], room(contract.Clean(cell)))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		line.WriteString(indent)
		for i, cell := range row {
			cell = contract.Clean(cell)
			line.WriteString(cell)
			line.WriteString(strings.Repeat(" ", widths[i]-room(cell)+2))
		}
		p.end(line.String())
	}
}

func (p *page) writeTo(out io.Writer) error {
	_, err := io.WriteString(out, p.text.String())
	return err
}

func clean(arguments []any) []any {
	cleaned := make([]any, len(arguments))
	for i, argument := range arguments {
		if text, isText := argument.(string); isText {
			argument = contract.Clean(text)
		}
		cleaned[i] = argument
	}
	return cleaned
}

// under is the blanks that put a mark under the given column, from 1, of a line.
func under(line string, column int32) string {
	characters := []rune(line)
	before := min(int(column)-1, len(characters))
	return strings.Repeat(" ", room(string(characters[:before])))
}

// room is how many columns of a terminal a text takes. Characters of East Asian scripts take the room of two.
func room(text string) int {
	columns := 0
	for _, character := range text {
		columns++
		switch width.LookupRune(character).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			columns++
		}
	}
	return columns
}
