package explain

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"golang.org/x/text/width"

	"github.com/stratbox/stratbox/internal/contract"
)

// page is text for people. What a strategy or the author of an object has written never reaches a terminal as anything but text.
type page struct {
	text strings.Builder
}

// line writes one line. Arguments that are strings are cleaned.
func (p *page) line(format string, arguments ...any) {
	fmt.Fprintf(&p.text, format+"\n", clean(arguments)...)
}

// section begins a part of the page.
func (p *page) section(title string) { p.line("\n%s", title) }

// table writes rows in columns. The first row is the heading, if it has one; a row of one cell is a line between.
func (p *page) table(indent string, rows [][]string) {
	writer := tabwriter.NewWriter(&p.text, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = contract.Clean(cell)
		}
		// A trailing cell without a tab is not padded, so that no line ends in blanks.
		fmt.Fprintf(writer, "%s%s\n", indent, strings.TrimRight(strings.Join(cells, "\t"), "\t"))
	}
	_ = writer.Flush() // Writing to a strings.Builder cannot fail.
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

// under is the blanks that put a mark under the given column, from 1, of a line. Characters of East Asian scripts take the
// room of two.
func under(line string, column int32) string {
	var blanks strings.Builder
	for _, character := range line {
		if column--; column <= 0 {
			break
		}
		switch width.LookupRune(character).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			blanks.WriteString("  ")
		default:
			blanks.WriteByte(' ')
		}
	}
	return blanks.String()
}
