package backtest

import (
	"math"
	"testing"
)

// market makes a market of consecutive days from columns of prices.
func marketOf(first int32, columns ...[]float64) Market {
	days := len(columns[0])
	m := Market{Symbols: len(columns), Prices: make([]float64, days*len(columns)), Dates: make([]int32, days)}
	for d := range days {
		m.Dates[d] = first + int32(d)
		for c, column := range columns {
			m.Prices[d*len(columns)+c] = column[d]
		}
	}
	return m
}

func close2(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-12*(1+math.Abs(want)) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func TestASignalIsTradedAtTheNextClose(t *testing.T) {
	m := marketOf(100, []float64{10, 20, 30, 60})
	r, err := Run(Positions{Dates: []int32{100}, Columns: []int{0}, Flags: []byte{1}}, m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{1, 1, 1.5, 3} {
		close2(t, "equity", r.Equity[i], want)
	}
	close2(t, "total return", r.TotalReturn, 2)
	if r.Trades != 1 || !math.IsNaN(r.WinRate) {
		t.Errorf("one open trade, got %d trades and win rate %v", r.Trades, r.WinRate)
	}
}
