package backtest

import (
	"math"
	"sort"
)

// Run scores positions against a market. A position table or option that cannot be used is an *InvalidPositionsError
// or *InvalidOptionsError; any other error means that the market itself is malformed. A strategy that never holds
// anything is valid: it earns 0 and has no Sharpe ratio.
func Run(positions Positions, market Market, options Options) (Result, error) {
	if err := market.check(); err != nil {
		return Result{}, err
	}
	schedule, err := options.check()
	if err != nil {
		return Result{}, err
	}
	if options.PositionLimit == 0 {
		options.PositionLimit = 1
	}
	first, last, err := options.window(market)
	if err != nil {
		return Result{}, err
	}
	if err := positions.check(market); err != nil {
		return Result{}, err
	}
	trades, err := positions.schedule(market, schedule, first, last)
	if err != nil {
		return Result{}, err
	}
	p := newPortfolio(market.Symbols, options)
	equity := p.simulate(positions, trades, market, first, last)
	result := measure(equity)
	result.FirstDay, result.LastDay = market.Dates[first], market.Dates[last]
	result.Trades = p.opened
	if p.closed > 0 {
		result.WinRate = float64(p.won) / float64(p.closed)
	}
	result.Turnover = p.traded / 2 * tradingDays / float64(len(equity))
	return result, nil
}

// simulate walks the window's days: prices move, stops of the day before are sold, the portfolio is rebalanced if the
// day has a trade, today's close is compared with the stops.
func (p *portfolio) simulate(positions Positions, trades []trade, market Market, first, last int) []float64 {
	equity := make([]float64, 0, last-first+1)
	for day := first; day <= last; day++ {
		prices := market.Prices[day*market.Symbols : (day+1)*market.Symbols]
		if equity := p.mark(prices); equity > 0 {
			p.leave(day, equity)
			if len(trades) > 0 && trades[0].day == day {
				p.rebalance(day, positions, trades[0].row, prices)
				trades = trades[1:]
			}
			p.checkStops()
		}
		total := p.equity()
		if total <= 0 { // only possible with short positions or absurd costs
			p.ruin()
			return append(equity, make([]float64, last-day+1)...)
		}
		equity = append(equity, total)
	}
	return equity
}

// ruin closes everything; nothing is left to trade with.
func (p *portfolio) ruin() {
	for _, c := range p.open {
		p.close(&p.holdings[c])
	}
	p.open = nil
}

func (m Market) check() error {
	if len(m.Dates) == 0 || m.Symbols < 1 || len(m.Prices)%m.Symbols != 0 || len(m.Prices)/m.Symbols != len(m.Dates) {
		return &MarketError{Dates: len(m.Dates), Symbols: m.Symbols, Prices: len(m.Prices)}
	}
	return nil
}

func (o Options) check() (Schedule, error) {
	for _, ratio := range []struct {
		name  string
		value float64
		below float64
	}{{"fee_ratio", o.FeeRatio, 0.5}, {"tax_ratio", o.TaxRatio, 0.5}} {
		if !(ratio.value >= 0 && ratio.value < ratio.below) {
			return Schedule{}, invalidOptions("%s is %g; use at least 0 and below %g", ratio.name, ratio.value, ratio.below)
		}
	}
	if !(o.PositionLimit >= 0 && o.PositionLimit <= 1) {
		return Schedule{}, invalidOptions("position_limit is %g; use above 0 and at most 1", o.PositionLimit)
	}
	if !(o.StopLoss >= 0) {
		return Schedule{}, invalidOptions("stop_loss is %g; use a positive share such as 0.1, or 0 for none", o.StopLoss)
	}
	if !(o.TakeProfit >= 0) {
		return Schedule{}, invalidOptions("take_profit is %g; use a positive share such as 0.2, or 0 for none", o.TakeProfit)
	}
	return ParseResample(o.Resample)
}

// window finds the first and last trading day inside the options' dates.
func (o Options) window(m Market) (first, last int, err error) {
	last = len(m.Dates) - 1
	if o.StartDate != 0 {
		first = sort.Search(len(m.Dates), func(i int) bool { return m.Dates[i] >= o.StartDate })
	}
	if o.EndDate != 0 {
		last = sort.Search(len(m.Dates), func(i int) bool { return m.Dates[i] > o.EndDate }) - 1
	}
	if first > last {
		return 0, 0, invalidOptions("no trading day lies between start and end date; the dataset covers %s to %s",
			formatDay(m.Dates[0]), formatDay(m.Dates[len(m.Dates)-1]))
	}
	return first, last, nil
}

// measure computes the metrics that follow from the equity alone. docs/scoring.md gives the sources.
func measure(equity []float64) Result {
	r := Result{
		Equity: equity, DailySharpe: math.NaN(), AnnualReturn: math.NaN(), Calmar: math.NaN(), WinRate: math.NaN(),
	}
	n := float64(len(equity))
	before, peak, sum := 1.0, 1.0, 0.0
	returns := make([]float64, len(equity))
	for i, e := range equity {
		if before > 0 {
			returns[i] = e/before - 1
		}
		before = e
		sum += returns[i]
		peak = max(peak, e)
		r.MaxDrawdown = min(r.MaxDrawdown, e/peak-1)
	}
	r.TotalReturn = before - 1
	if annual := math.Pow(before, tradingDays/n) - 1; !math.IsInf(annual, 0) {
		r.AnnualReturn = annual
	}
	squares := 0.0
	for _, x := range returns {
		squares += (x - sum/n) * (x - sum/n)
	}
	if deviation := math.Sqrt(squares / (n - 1)); n > 1 && deviation > minDeviation {
		r.DailySharpe = sum / n / deviation * math.Sqrt(tradingDays)
	}
	if r.MaxDrawdown < 0 {
		r.Calmar = r.AnnualReturn / -r.MaxDrawdown
	}
	return r
}
