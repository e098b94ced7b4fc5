package contract

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// printable reports whether s is valid UTF-8 and Clean would leave it alone.
func printable(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(c rune) bool { return shown(c) != c }) < 0
}

// Clean returns s with control characters, line separators and invalid UTF-8 replaced, and without characters that cannot
// be seen or turn the direction of the text, so that text from a strategy is safe to show.
func Clean(s string) string {
	return strings.Map(shown, strings.ToValidUTF8(s, "\uFFFD"))
}

// shown is what is to be seen of a character: itself, a space, or nothing (-1).
func shown(c rune) rune {
	switch {
	case unicode.In(c, unicode.Cc, unicode.Zl, unicode.Zp):
		return ' '
	case unicode.Is(unicode.Cf, c):
		return -1
	default:
		return c
	}
}

// Truncate cuts s to at most limit bytes at a rune boundary and marks the cut with an ellipsis.
func Truncate(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	cut := limit - len("…")
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
