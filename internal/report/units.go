package report

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	minus = "\u2212"
	// nothing stands where there is no figure.
	nothing = "–"
)

// absurdPercent is where an overhead says nothing but that somebody wrote it by hand.
const absurdPercent = 1e6

// percentOf reads a percentage of the status, a decimal string.
func percentOf(decimal string) (float64, bool) {
	value, err := strconv.ParseFloat(decimal, 64)
	return value, err == nil && math.Abs(value) < absurdPercent
}

// signed writes a percentage with its sign, which is half of what an overhead says.
func signed(percent float64) string {
	digits := strconv.FormatFloat(math.Abs(percent), 'f', 1, 64)
	switch {
	case digits == "0.0":
		return "0.0 %"
	case percent < 0:
		return minus + digits + " %"
	default:
		return "+" + digits + " %"
	}
}

// plain writes a percentage as the scale of a plot has it.
func plain(percent float64) string {
	return strings.Replace(strconv.FormatFloat(percent, 'f', -1, 64), "-", minus, 1) + " %"
}

// decimal is how the status writes percentages: with as many digits as tell them from the bound of a band.
var decimal = regexp.MustCompile(`^-?\d{1,7}(\.\d{1,6})?$`)

// withSign writes a percentage of the status with the digits that it has there: 49.96 must not become 50.0.
func withSign(percent string) string {
	value, ok := percentOf(percent)
	switch {
	case !ok || !decimal.MatchString(percent):
		return signed(value)
	case value == 0:
		return strings.TrimPrefix(percent, "-") + " %"
	case value < 0:
		return minus + percent[1:] + " %"
	default:
		return "+" + percent + " %"
	}
}

// duration writes milliseconds with about three digits in the unit that suits them.
func duration(millis float64) string {
	switch magnitude := math.Abs(millis); {
	case magnitude < 10 && magnitude != math.Trunc(magnitude):
		return strconv.FormatFloat(millis, 'f', 1, 64) + " ms"
	case magnitude < 999.5:
		return strconv.FormatFloat(millis, 'f', 0, 64) + " ms"
	case magnitude < 9_995:
		return strconv.FormatFloat(millis/1000, 'f', 2, 64) + " s"
	case magnitude < 99_950:
		return strconv.FormatFloat(millis/1000, 'f', 1, 64) + " s"
	case magnitude < 1e9:
		return strconv.FormatFloat(millis/1000, 'f', 0, 64) + " s"
	default:
		return strconv.FormatFloat(millis/1000, 'g', 3, 64) + " s"
	}
}

// difference writes milliseconds with their sign.
func difference(millis float64) string {
	switch {
	case millis == 0:
		return "0 ms"
	case millis < 0:
		return minus + duration(-millis)
	default:
		return "+" + duration(millis)
	}
}

// elapsed writes how long a benchmark took.
func elapsed(d time.Duration) string {
	d = d.Round(time.Second)
	hours, minutes, seconds := int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60
	switch {
	case hours > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	case minutes > 0:
		return fmt.Sprintf("%d min %d s", minutes, seconds)
	default:
		return fmt.Sprintf("%d s", seconds)
	}
}

// count writes a number with its noun: 1 pair, 2 pairs.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// were writes a number with its noun and verb: 1 pair was, 2 pairs were.
func were(n int, noun string) string {
	if n == 1 {
		return count(n, noun) + " was"
	}
	return count(n, noun) + " were"
}

// deref reads a number of the status that may be absent.
func deref[N int32 | int64](pointer *N) int {
	if pointer == nil {
		return 0
	}
	return int(*pointer)
}

// sentence is how a condition's message stands on a page.
func sentence(message string) string {
	message = strings.TrimSpace(message)
	if message == "" {
		return ""
	}
	// A name such as spec.suspend stays as it is.
	if word, _, _ := strings.Cut(message, " "); !strings.ContainsAny(strings.TrimSuffix(word, "."), "._") {
		first, size := utf8.DecodeRuneInString(message)
		message = string(unicode.ToUpper(first)) + message[size:]
	}
	if !strings.ContainsAny(message[len(message)-1:], ".!?") {
		message += "."
	}
	return message
}

// shorten keeps a text from filling the page.
func shorten(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return string(runes[:limit-1]) + "…"
}
