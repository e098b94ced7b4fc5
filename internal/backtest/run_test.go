package backtest

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// marketOf makes a market of consecutive days from columns of prices.
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

func mustRun(t *testing.T, p Positions, m Market, o Options) Result {
	t.Helper()
	r, err := Run(p, m, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestEquity(t *testing.T) {
	nan := math.NaN()
	two := marketOf(100, []float64{10, 10, 20, 20, 20}, []float64{10, 10, 10, 5, 5})
	hold := Positions{Dates: []int32{100}, Columns: []int{0}, Flags: []byte{1}}
	for name, c := range map[string]struct {
		positions Positions
		market    Market
		options   Options
		want      []float64
	}{
		"a signal is traded at the next close and earns from the day after": {
			hold, marketOf(100, []float64{10, 20, 30, 60}), Options{}, []float64{1, 1, 1.5, 3},
		},
		"a signal on the last day is never traded": {
			Positions{Dates: []int32{103}, Columns: []int{0}, Flags: []byte{1}}, marketOf(100, []float64{10, 20, 30, 60}), Options{},
			[]float64{1, 1, 1, 1},
		},
		"flags share the equity and drift": {
			Positions{Dates: []int32{100}, Columns: []int{0, 1}, Flags: []byte{1, 1}}, two, Options{},
			[]float64{1, 1, 1.5, 1.25, 1.25},
		},
		"columns may come in any order": {
			Positions{Dates: []int32{100}, Columns: []int{1, 0}, Weights: []float64{0, 1}}, two, Options{},
			[]float64{1, 1, 2, 2, 2},
		},
		"weights above one are scaled, the limit keeps the rest in cash": {
			Positions{Dates: []int32{100}, Columns: []int{0, 1}, Weights: []float64{3, 1}}, two, Options{PositionLimit: 0.5},
			[]float64{1, 1, 1.5, 1.375, 1.375},
		},
		"a buyer pays the fee, a seller fee and tax": {
			Positions{Dates: []int32{100, 102}, Columns: []int{0}, Flags: []byte{1, 0}}, marketOf(100, []float64{10, 10, 10, 10}),
			Options{FeeRatio: 0.01, TaxRatio: 0.02},
			[]float64{1, 0.99, 0.99, 0.99 * 0.97},
		},
		"a short position gains when the price falls": {
			Positions{Dates: []int32{100}, Columns: []int{1}, Weights: []float64{-1}}, two, Options{}, []float64{1, 1, 1, 1.5, 1.5},
		},
		"a short position can lose everything and no more": {
			Positions{Dates: []int32{100}, Columns: []int{0}, Weights: []float64{-1}}, marketOf(100, []float64{10, 10, 30, 5, 1}), Options{},
			[]float64{1, 1, 0, 0, 0},
		},
		"a halt is bridged with the last price": {
			hold, marketOf(100, []float64{10, 10, nan, 0, math.Inf(1), 20}), Options{}, []float64{1, 1, 1, 1, 1, 2},
		},
		"a stock without a price cannot be bought": {
			hold, marketOf(100, []float64{10, nan, 10, 20}), Options{}, []float64{1, 1, 1, 1},
		},
		"a price that overflows the return counts as missing": {
			hold, marketOf(100, []float64{1, 5e-324, 1e308, 1e-323}), Options{}, []float64{1, 1, 1, 2},
		},
		"a stop is hit at a close and sold at the next": {
			hold, marketOf(100, []float64{10, 10, 9, 8, 16}), Options{StopLoss: 0.1}, []float64{1, 1, 0.9, 0.8, 0.8},
		},
		"a profit is taken at the close after": {
			hold, marketOf(100, []float64{10, 10, 13, 14, 1}), Options{TakeProfit: 0.3}, []float64{1, 1, 1.3, 1.4, 1.4},
		},
		"a stopped stock is not bought back on the day it is sold": {
			Positions{Dates: []int32{100, 101, 102, 103}, Columns: []int{0}, Flags: []byte{1, 1, 1, 1}},
			marketOf(100, []float64{10, 10, 9, 8, 8, 16}), Options{StopLoss: 0.1, Resample: "D"}, []float64{1, 1, 0.9, 0.8, 0.8, 1.6},
		},
		"the last position from before the window is what it starts with": {
			Positions{Dates: []int32{100, 101}, Columns: []int{0, 1}, Flags: []byte{0, 1, 1, 0}}, two, Options{StartDate: 103, EndDate: 104},
			[]float64{1, 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := mustRun(t, c.positions, c.market, c.options)
			if diff := cmp.Diff(c.want, got.Equity, near); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestMetrics(t *testing.T) {
	m := marketOf(100, []float64{10, 10, 20, 10, 15})
	sold := Positions{Dates: []int32{100, 102}, Columns: []int{0}, Flags: []byte{1, 0}}
	for name, c := range map[string]struct {
		positions Positions
		options   Options
		want      map[string]string
	}{
		"a strategy that holds nothing": {
			Positions{Dates: []int32{100}, Columns: []int{0}, Flags: []byte{0}}, Options{},
			map[string]string{"total_return": "0", "annual_return": "0", "max_drawdown": "0", "turnover": "0", "trades": "0"},
		},
		"a round trip that ends where it began": {
			sold, Options{},
			map[string]string{
				"total_return": "0", "annual_return": "0", "max_drawdown": "-0.5", "calmar": "0", "win_rate": "0",
				"turnover": "50.4", "trades": "1", "daily_sharpe": "2.89828",
			},
		},
		"a single day": {
			sold, Options{StartDate: 103, EndDate: 103},
			map[string]string{"total_return": "0", "annual_return": "0", "max_drawdown": "0", "turnover": "0", "trades": "0"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := mustRun(t, c.positions, m, c.options)
			if diff := cmp.Diff(c.want, got.Decimal()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestTheWindowIsReported(t *testing.T) {
	r := mustRun(t, Positions{Dates: []int32{100}, Columns: []int{0}, Flags: []byte{1}},
		marketOf(100, []float64{1, 2, 3, 4}), Options{StartDate: 101, EndDate: 102})
	if r.FirstDay != 101 || r.LastDay != 102 || len(r.Equity) != 2 {
		t.Errorf("got %d to %d, %d days", r.FirstDay, r.LastDay, len(r.Equity))
	}
}

func TestUnusablePositionsAreRefusedWithAReason(t *testing.T) {
	m := marketOf(19723, []float64{1, 2, 3}, []float64{1, 2, 3})
	for name, c := range map[string]struct {
		positions Positions
		reason    string
	}{
		"no rows":                   {Positions{Columns: []int{0}, Flags: []byte{}}, "no rows"},
		"no columns":                {Positions{Dates: []int32{19723}, Flags: []byte{}}, "no columns that are stocks"},
		"no values":                 {Positions{Dates: []int32{19723}, Columns: []int{0}}, "either weights or flags"},
		"flags and weights":         {Positions{Dates: []int32{19723}, Columns: []int{0}, Flags: []byte{1}, Weights: []float64{1}}, "either weights or flags"},
		"too few weights":           {Positions{Dates: []int32{19723, 19724}, Columns: []int{0}, Weights: []float64{1}}, "1 values do not fill 2 rows x 1 columns"},
		"too many flags":            {Positions{Dates: []int32{19723}, Columns: []int{0, 1}, Flags: []byte{1, 1, 1}}, "3 values do not fill 1 rows x 2 columns"},
		"a stock that is not there": {Positions{Dates: []int32{19723}, Columns: []int{2}, Flags: []byte{1}}, "column 0 names stock 2 of 2"},
		"a negative stock":          {Positions{Dates: []int32{19723}, Columns: []int{-1}, Flags: []byte{1}}, "column 0 names stock -1"},
		"a stock twice":             {Positions{Dates: []int32{19723}, Columns: []int{1, 1}, Flags: []byte{1, 1}}, "the same stock (column 1"},
		"a date twice":              {Positions{Dates: []int32{19724, 19723, 19724}, Columns: []int{0}, Flags: []byte{1, 1, 1}}, "two rows have the date 2024-01-02"},
		"infinity":                  {Positions{Dates: []int32{19723}, Columns: []int{0}, Weights: []float64{math.Inf(-1)}}, "row 2024-01-01, column 0 is -Inf"},
		"an absurd weight":          {Positions{Dates: []int32{19723}, Columns: []int{0}, Weights: []float64{1.1e15}}, "is 1.1e+15; weights must be finite"},
		"a flag of two":             {Positions{Dates: []int32{19723}, Columns: []int{0}, Flags: []byte{2}}, "flags are 0 or 1"},
		"a plain number index":      {Positions{Dates: []int32{0, 1}, Columns: []int{0}, Flags: []byte{1, 1}}, "(1970-01-01 to 1970-01-02) are outside the dataset's (2024-01-01 to 2024-01-03)"},
		"dates after the dataset":   {Positions{Dates: []int32{19999}, Columns: []int{0}, Flags: []byte{1}}, "are outside the dataset's"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Run(c.positions, m, DefaultOptions())
			var invalid *InvalidPositionsError
			if !errors.As(err, &invalid) || !strings.Contains(err.Error(), c.reason) {
				t.Errorf("got %v, want a reason with %q", err, c.reason)
			}
		})
	}
}

func TestUnusableOptionsAreRefusedByName(t *testing.T) {
	p := Positions{Dates: []int32{100}, Columns: []int{0}, Flags: []byte{1}}
	for reason, o := range map[string]Options{
		"fee_ratio is -0.1":               {FeeRatio: -0.1},
		"fee_ratio is NaN":                {FeeRatio: math.NaN()},
		"tax_ratio is 0.5":                {TaxRatio: 0.5},
		"position_limit is 1.5":           {PositionLimit: 1.5},
		"stop_loss is -0.1":               {StopLoss: -0.1},
		"take_profit is NaN":              {TakeProfit: math.NaN()},
		`resample "2W" is not known`:      {Resample: "2W"},
		"no trading day lies between":     {StartDate: 200},
		"the dataset covers 1970-04-11":   {EndDate: 99},
		"start and end date; the dataset": {StartDate: 103, EndDate: 102},
	} {
		_, err := Run(p, marketOf(100, []float64{1, 2, 3, 4}), o)
		var invalid *InvalidOptionsError
		if !errors.As(err, &invalid) || !strings.Contains(err.Error(), reason) {
			t.Errorf("got %v, want a reason with %q", err, reason)
		}
	}
}

func TestAMarketThatDoesNotFitIsTheCallersMistake(t *testing.T) {
	for name, m := range map[string]Market{
		"empty":           {},
		"no symbols":      {Dates: []int32{1}},
		"too many prices": {Dates: []int32{1}, Prices: []float64{1, 2}, Symbols: 1},
		"a broken row":    {Dates: []int32{1}, Prices: []float64{1, 2, 3}, Symbols: 2},
	} {
		var wrong *MarketError
		if _, err := Run(Positions{}, m, Options{}); !errors.As(err, &wrong) || !strings.HasPrefix(err.Error(), "market: ") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestResampleSpellings(t *testing.T) {
	for text, want := range map[string]Schedule{
		"": {}, "None": {}, "D": {Period: Daily}, "1d": {Period: Daily}, "B": {Period: Daily},
		"W": {Period: Weekly}, "W-FRI": {Period: Weekly, WeekEnd: time.Friday}, "w-mon": {Period: Weekly, WeekEnd: time.Monday},
		"M": {Period: Monthly}, "me": {Period: Monthly}, "MS": {Period: Monthly}, "BME": {Period: Monthly},
		"Q": {Period: Quarterly}, "QE-DEC": {Period: Quarterly}, "QS-JAN": {Period: Quarterly},
		"Y": {Period: Yearly}, "A-DEC": {Period: Yearly}, "YE": {Period: Yearly},
	} {
		if got, err := ParseResample(text); err != nil || got != want {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"2M", "W-XYZ", "M-FRI", "Q-FEB", "Y-JUN", "H", "monthly", strings.Repeat("月", 100)} {
		if _, err := ParseResample(text); err == nil || len(err.Error()) > 300 {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func TestPeriodsEndOnTheirLastDay(t *testing.T) {
	for name, c := range map[string]struct{ resample, day, last string }{
		"a Sunday ends its own week":         {"W", "2024-03-03", "2024-03-03"},
		"a Monday's week ends on Sunday":     {"W", "2024-03-04", "2024-03-10"},
		"a Saturday's week ends next Friday": {"W-FRI", "2024-03-02", "2024-03-08"},
		"February of a leap year":            {"M", "2024-02-10", "2024-02-29"},
		"December":                           {"M", "2023-12-31", "2023-12-31"},
		"the first quarter":                  {"Q", "2024-01-01", "2024-03-31"},
		"the last quarter":                   {"Q", "2024-10-01", "2024-12-31"},
		"a year":                             {"Y", "2024-10-01", "2024-12-31"},
		"a day before 1970":                  {"W", "1969-12-27", "1969-12-28"},
	} {
		day, err := time.Parse(time.DateOnly, c.day)
		if err != nil {
			t.Fatal(err)
		}
		s, err := ParseResample(c.resample)
		if err != nil {
			t.Fatal(err)
		}
		if got := formatDay(s.lastDay(int32(math.Floor(day.Sub(time.Unix(0, 0)).Hours() / 24)))); got != c.last {
			t.Errorf("%s: got %s, want %s", name, got, c.last)
		}
	}
}

func TestDecimals(t *testing.T) {
	for value, want := range map[float64]string{
		0: "0", math.Copysign(0, -1): "0", 1e-13: "0", -1e-13: "0", 1.0 / 3: "0.333333", -0.25: "-0.25", 1234567890123: "1234570000000",
		1e-11: "0.00000000001", 1e15: "1e+15", 12: "12",
	} {
		if got := decimal(value); got != want {
			t.Errorf("%v: got %s, want %s", value, got, want)
		}
	}
	overflow := measure([]float64{1e200})
	if !math.IsNaN(overflow.AnnualReturn) {
		t.Errorf("an annual return beyond floats is %v", overflow.AnnualReturn)
	}
}

// TestNothingLooksAhead changes everything dated after a day and expects the equity up to that day to stay bit for bit.
func TestNothingLooksAhead(t *testing.T) {
	for i, g := range loadGolden(t) {
		positions, market, options := g.input()
		random := rand.New(rand.NewPCG(1, uint64(i)))
		first, last, err := options.window(market)
		if err != nil {
			t.Fatal(err)
		}
		cut := first + random.IntN(last-first+1)
		before := mustRun(t, positions, market, options).Equity[:cut-first+1]

		market.Prices = slices.Clone(market.Prices)
		for k := (cut + 1) * market.Symbols; k < len(market.Prices); k++ {
			market.Prices[k] = []float64{math.NaN(), 1, 1e6, 0}[random.IntN(4)]
		}
		if diff := cmp.Diff(before, mustRun(t, positions, market, options).Equity[:cut-first+1]); diff != "" {
			t.Fatalf("case %d: prices after day %d changed the equity before: %s", i, cut, diff)
		}
		positions.Weights, positions.Flags = slices.Clone(positions.Weights), slices.Clone(positions.Flags)
		for row, day := range positions.Dates {
			if day < market.Dates[cut] { // a row of the day itself is traded on the next
				continue
			}
			for c := range positions.Columns {
				if positions.Flags != nil {
					positions.Flags[row*len(positions.Columns)+c] = byte(random.IntN(2))
				} else {
					positions.Weights[row*len(positions.Columns)+c] = random.NormFloat64()
				}
			}
		}
		if diff := cmp.Diff(before, mustRun(t, positions, market, options).Equity[:cut-first+1]); diff != "" {
			t.Fatalf("case %d: rows from day %d on changed the equity before: %s", i, cut, diff)
		}
	}
}

func TestTheSameInputGivesTheSameBits(t *testing.T) {
	for i, g := range loadGolden(t) {
		positions, market, options := g.input()
		a, b := mustRun(t, positions, market, options), mustRun(t, positions, market, options)
		if diff := cmp.Diff(a.Equity, b.Equity); diff != "" {
			t.Fatalf("case %d: %s", i, diff)
		}
	}
}

// FuzzRun feeds arbitrary tables: an error or a finite score, never a crash.
func FuzzRun(f *testing.F) {
	f.Add(int64(1), 0.0, 0.0, uint8(0), "")
	f.Add(int64(2), 1e15, 0.1, uint8(3), "M")
	f.Add(int64(3), math.Inf(1), -1.0, uint8(9), "W-FRI")
	f.Add(int64(4), 1e-300, 0.3, uint8(200), "D")
	f.Fuzz(func(t *testing.T, seed int64, extreme, ratio float64, shape uint8, resample string) {
		random := rand.New(rand.NewPCG(uint64(seed), 0))
		days, stocks := 2+int(shape>>4), 1+int(shape&7)
		m := Market{Symbols: stocks, Prices: make([]float64, days*stocks), Dates: make([]int32, days)}
		pool := []float64{1, 2, 1e300, 1e-300, extreme, math.NaN(), 0, -1, math.Inf(1)}
		for i := range m.Dates {
			m.Dates[i] = int32(1000 + i)
		}
		for i := range m.Prices {
			m.Prices[i] = pool[random.IntN(len(pool))]
		}
		p := Positions{Dates: slices.Clone(m.Dates), Weights: make([]float64, days*stocks), Columns: random.Perm(stocks)}
		for i := range p.Weights {
			p.Weights[i] = []float64{0, 1, -1, extreme, math.NaN(), 0.3}[random.IntN(6)]
		}
		r, err := Run(p, m, Options{Resample: resample, FeeRatio: ratio, TaxRatio: ratio, StopLoss: math.Abs(ratio)})
		if err != nil {
			return
		}
		for _, e := range r.Equity {
			if !(e >= 0) || math.IsInf(e, 0) {
				t.Fatalf("equity %v", r.Equity)
			}
		}
		for name, text := range r.Decimal() {
			if strings.ContainsAny(text, "NI") {
				t.Fatalf("%s is %s", name, text)
			}
		}
	})
}

// BenchmarkTenMillionCells scores 5,000 days x 2,000 stocks.
func BenchmarkTenMillionCells(b *testing.B) {
	const days, stocks = 5000, 2000
	random := rand.New(rand.NewPCG(1, 1))
	m := Market{Symbols: stocks, Prices: make([]float64, days*stocks), Dates: make([]int32, days)}
	p := Positions{Dates: m.Dates, Columns: random.Perm(stocks)}
	flags, weights := make([]byte, days*stocks), make([]float64, days*stocks)
	for d := range days {
		m.Dates[d] = int32(d)
		for s := range stocks {
			m.Prices[d*stocks+s] = 100 * math.Exp(random.NormFloat64()/10)
			if random.IntN(100) == 0 {
				flags[d*stocks+s] = 1
			}
			weights[d*stocks+s] = random.Float64()
		}
	}
	for name, c := range map[string]struct {
		flags    []byte
		weights  []float64
		resample string
	}{
		"20 stocks, changed daily":       {flags, nil, ""},
		"20 stocks, monthly":             {flags, nil, "M"},
		"all 2000 stocks, changed daily": {nil, weights, "D"},
	} {
		b.Run(name, func(b *testing.B) {
			p.Flags, p.Weights = c.flags, c.weights
			o := DefaultOptions()
			o.Resample, o.StopLoss = c.resample, 0.5
			for b.Loop() {
				if _, err := Run(p, m, o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
