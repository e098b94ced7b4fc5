package resultwire

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var bounds = Bounds{Rows: 10, Columns: 4}

func flags() Positions {
	return Positions{Dates: []int32{19723, 19724, 19727}, Symbols: []string{"1101", "2330"}, Flags: []byte{1, 0, 0, 1, 1, 1}}
}

func weights() Positions {
	nan := math.Float64frombits(0x7ff8 << 48) // as numpy writes it
	return Positions{Dates: []int32{-1, 19723}, Symbols: []string{"1101", "2330", "2317"}, Weights: []float64{0.5, nan, -0.25, 0, math.Inf(1), 1e-300}}
}

func TestPositionsSurviveTheWay(t *testing.T) {
	long := strings.Repeat("9", maxSymbolBytes)
	for name, p := range map[string]Positions{
		"flags":             flags(),
		"weights":           weights(),
		"one cell":          {Dates: []int32{0}, Symbols: []string{"1101"}, Flags: []byte{1}},
		"the largest table": {Dates: make([]int32, 10), Symbols: []string{long + "", "b", "c", "d"}, Weights: make([]float64, 40)},
		"an empty symbol is the scorer's to refuse": {Dates: []int32{0}, Symbols: []string{""}, Flags: []byte{0}},
	} {
		t.Run(name, func(t *testing.T) {
			payload := AppendPositions(nil, p)
			if int64(len(payload)) > bounds.PayloadBytes() {
				t.Errorf("%d bytes, the bounds say at most %d", len(payload), bounds.PayloadBytes())
			}
			for shift := range 2 { // in place, and at an odd address
				moved := append(make([]byte, shift, shift+len(payload)), payload...)[shift:]
				got, err := ParsePositions(moved, bounds)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(p, got, cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("parsed positions (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestParsePositionsRefuses(t *testing.T) {
	put := func(at int, value uint32) func([]byte) []byte {
		return func(b []byte) []byte { binary.LittleEndian.PutUint32(b[at:], value); return b }
	}
	for name, test := range map[string]struct {
		change func([]byte) []byte
		want   string
	}{
		"nothing":                        {func([]byte) []byte { return nil }, "malformed"},
		"another magic":                  {put(0, 0), "malformed"},
		"no rows":                        {put(4, 0), "is empty: 0 rows and 2 columns"},
		"no columns":                     {put(8, 0), "is empty"},
		"one row too many":               {put(4, 11), "has 11 rows"},
		"one column too many":            {put(8, 5), "5 columns; at most 10 dates and 4 stock ids"},
		"rows of a 32-bit overflow":      {put(4, math.MaxUint32), "4294967295 rows"},
		"a row more than there is":       {put(4, 4), "do not hold"},
		"a row less than there is":       {put(4, 2), "do not hold"},
		"another kind of cells":          {put(12, 3), "unknown kind of cells"},
		"weights announced, flags there": {put(12, 2), "do not hold"},
		"a reserved word":                {put(20, 1), "malformed"},
		"names longer than the payload":  {put(16, math.MaxUint32), "do not hold"},
		"a byte too few":                 {func(b []byte) []byte { return b[:len(b)-1] }, "do not hold"},
		"a byte too many":                {func(b []byte) []byte { return append(b, 0) }, "do not hold"},
		"three names for two columns":    {func(b []byte) []byte { b[37] = '\n'; return b }, "column names do not fit"},
		"a last name without its end":    {func(b []byte) []byte { b[45] = 'x'; return b }, "column names do not fit"},
		"a name that is no text":         {func(b []byte) []byte { b[36] = 0xff; return b }, "no stock id (column 1)"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := ParsePositions(test.change(AppendPositions(nil, flags())), bounds)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("parsed %+v, error %v, want one with %q", p, err, test.want)
			}
		})
	}
	p := flags()
	p.Symbols[0] = strings.Repeat("9", maxSymbolBytes+1)
	if _, err := ParsePositions(AppendPositions(nil, p), bounds); err == nil {
		t.Error("a symbol over the cap is accepted")
	}
}

// FuzzParsePositions: every accepted payload is exactly the bytes of the table it was parsed to.
func FuzzParsePositions(f *testing.F) {
	f.Add(AppendPositions(nil, flags()))
	f.Add(AppendPositions(nil, weights()))
	for _, name := range []string{"sim", "result"} {
		golden, err := os.ReadFile(filepath.Join("testdata", name+".frame"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(golden)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		p, err := ParsePositions(payload, bounds)
		if err != nil {
			return
		}
		if len(p.Dates) > bounds.Rows || len(p.Symbols) > bounds.Columns || len(p.Flags)+len(p.Weights) != len(p.Dates)*len(p.Symbols) {
			t.Fatalf("accepted %d dates, %d symbols, %d cells", len(p.Dates), len(p.Symbols), len(p.Flags)+len(p.Weights))
		}
		again := AppendPositions(nil, p)
		if len(again) != len(payload) {
			t.Fatalf("%d bytes become %d", len(payload), len(again))
		}
	})
}
