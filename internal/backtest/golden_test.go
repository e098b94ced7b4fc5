package backtest

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// golden is a random case and what the pandas reference in runner/tests/backtest says of it.
type golden struct {
	Dates         []int32    `json:"dates"`
	Prices        []*float64 `json:"prices"`
	PositionDates []int32    `json:"positionDates"`
	Columns       []int      `json:"columns"`
	Flags         []int      `json:"flags"`
	Weights       []*float64 `json:"weights"`
	Resample      string     `json:"resample"`
	Fee           float64    `json:"fee"`
	Tax           float64    `json:"tax"`
	StopLoss      float64    `json:"stopLoss"`
	TakeProfit    float64    `json:"takeProfit"`
	Limit         float64    `json:"limit"`
	Start         int32      `json:"start"`
	End           int32      `json:"end"`
	Want          struct {
		Equity       []float64 `json:"equity"`
		DailySharpe  *float64  `json:"daily_sharpe"`
		TotalReturn  *float64  `json:"total_return"`
		AnnualReturn *float64  `json:"annual_return"`
		MaxDrawdown  *float64  `json:"max_drawdown"`
		Calmar       *float64  `json:"calmar"`
		WinRate      *float64  `json:"win_rate"`
		Turnover     *float64  `json:"turnover"`
		Trades       int       `json:"trades"`
	} `json:"want"`
}

func orNaN(values []*float64) []float64 {
	if values == nil {
		return nil
	}
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = math.NaN()
		if v != nil {
			out[i] = *v
		}
	}
	return out
}

func (g golden) input() (Positions, Market, Options) {
	p := Positions{Dates: g.PositionDates, Columns: g.Columns, Weights: orNaN(g.Weights)}
	if g.Flags != nil {
		p.Flags = make([]byte, len(g.Flags))
		for i, f := range g.Flags {
			p.Flags[i] = byte(f)
		}
	}
	return p, Market{Dates: g.Dates, Prices: orNaN(g.Prices), Symbols: len(g.Prices) / len(g.Dates)},
		Options{
			Resample: g.Resample, FeeRatio: g.Fee, TaxRatio: g.Tax, StopLoss: g.StopLoss, TakeProfit: g.TakeProfit,
			PositionLimit: g.Limit, StartDate: g.Start, EndDate: g.End,
		}
}

func loadGolden(t testing.TB) []golden {
	t.Helper()
	content, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []golden
	if err := json.Unmarshal(content, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

// near compares what two orders of floating point operations may differ in, and NaN with a missing value.
var near = cmp.Comparer(func(a, b float64) bool {
	return a == b || (math.IsNaN(a) && math.IsNaN(b)) || math.Abs(a-b) <= 1e-9*(1+math.Abs(a))
})

func TestScoresAgreeWithTheReference(t *testing.T) {
	for i, g := range loadGolden(t) {
		t.Run(fmt.Sprintf("case %d", i), func(t *testing.T) {
			positions, market, options := g.input()
			got, err := Run(positions, market, options)
			if err != nil {
				t.Fatal(err)
			}
			w := g.Want
			single := orNaN([]*float64{w.DailySharpe, w.TotalReturn, w.AnnualReturn, w.MaxDrawdown, w.Calmar, w.WinRate, w.Turnover})
			want := Result{
				FirstDay: got.FirstDay, LastDay: got.LastDay, Equity: w.Equity, DailySharpe: single[0], TotalReturn: single[1],
				AnnualReturn: single[2], MaxDrawdown: single[3], Calmar: single[4], WinRate: single[5], Turnover: single[6], Trades: w.Trades,
			}
			if diff := cmp.Diff(want, got, near); diff != "" {
				t.Errorf("-reference +here:\n%s", diff)
			}
		})
	}
}
