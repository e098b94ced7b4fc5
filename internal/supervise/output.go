package supervise

import (
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stratbox/stratbox/internal/contract"
)

// maxLineBytes is where a line of the strategy's output is split.
const maxLineBytes = 4096

// output passes on what the strategy prints, line by line behind a prefix and with control characters escaped, so that
// no line can pass for one of the runner's own. It always reads, so printing never blocks the strategy.
type output struct {
	to   io.Writer
	keep int64

	mu    sync.Mutex
	total int64
	kept  int64

	readers sync.WaitGroup
}

func newOutput(to io.Writer) *output { return &output{to: to, keep: contract.OutputCapBytes} }

// stream is one of the strategy's pipes.
type stream interface {
	io.Reader
	SetReadDeadline(time.Time) error
}

// follow reads the stream until it ends.
func (o *output) follow(name string, from stream) {
	o.readers.Go(func() {
		prefix := "strategy " + name + ": "
		chunk := make([]byte, 32<<10)
		var line []byte
		for {
			n, err := from.Read(chunk)
			for _, b := range chunk[:o.count(n)] {
				if b != '\n' {
					line = append(line, b)
				}
				if b == '\n' || len(line) == maxLineBytes {
					line = o.emit(prefix, line)
				}
			}
			if err != nil {
				if len(line) > 0 {
					o.emit(prefix, line)
				}
				return
			}
		}
	})
}

// count adds n read bytes and returns how many of them are kept.
func (o *output) count(n int) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.total += int64(n)
	n = int(min(int64(n), o.keep-o.kept))
	o.kept += int64(n)
	return n
}

// emit writes one line and returns its storage for the next. A rune that was cut in two goes to the next line.
func (o *output) emit(prefix string, line []byte) []byte {
	whole := len(line)
	if whole == maxLineBytes {
		whole = lastRuneEnd(line)
	}
	text := append(escape([]byte(prefix), line[:whole]), '\n')
	o.mu.Lock()
	defer o.mu.Unlock()
	_, _ = o.to.Write(text) // a log that cannot be written must not end the run
	return append(line[:0], line[whole:]...)
}

// lastRuneEnd is where line can be cut without cutting a rune.
func lastRuneEnd(line []byte) int {
	for i := 1; i < utf8.UTFMax; i++ {
		if at := len(line) - i; utf8.RuneStart(line[at]) {
			if utf8.FullRune(line[at:]) {
				break
			}
			return at
		}
	}
	return len(line)
}

// escape appends line with everything that is not printable written as an escape.
func escape(b, line []byte) []byte {
	for len(line) > 0 {
		r, size := utf8.DecodeRune(line)
		switch {
		case r == utf8.RuneError && size == 1:
			b = append(b, fmt.Sprintf(`\x%02x`, line[0])...)
		case unicode.IsPrint(r):
			b = append(b, line[:size]...)
		default:
			quoted := strconv.QuoteRune(r)
			b = append(b, quoted[1:len(quoted)-1]...)
		}
		line = line[size:]
	}
	return b
}

// finish waits until both streams have ended, at most for limit, and returns the counts.
func (o *output) finish(limit time.Duration, streams ...stream) (total, dropped int64) {
	for _, s := range streams {
		_ = s.SetReadDeadline(time.Now().Add(limit))
	}
	o.readers.Wait()
	o.mu.Lock()
	defer o.mu.Unlock()
	if dropped := o.total - o.kept; dropped > 0 {
		_, _ = fmt.Fprintf(o.to, "strategy output: cut after %d bytes, %d more were dropped\n", o.kept, dropped)
	}
	return o.total, o.total - o.kept
}
