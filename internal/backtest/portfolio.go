package backtest

import "math"

// delistedAfter is how many trading days in a row a held stock may go without a price before it is taken as
// delisted and sold at its last price. Shorter gaps are trading halts.
const delistedAfter = 20

// portfolio is the state of one simulation. Slices are indexed by market column; open lists the columns held.
type portfolio struct {
	options Options
	cash    float64
	value   []float64 // signed market value
	last    []float64 // last known price
	entry   []float64 // price at which the position was opened
	missing []int     // trading days without a price
	leaving []bool    // a stop was hit at the close before
	barred  []int     // day of the last stop exit, -1 if none
	open    []int
	listed  []bool // column is in open

	weights []float64 // scratch: targets of the current rebalance, zero outside it
	held    []int     // scratch: columns with a target

	traded float64 // sum over trades of value / equity
	opened int
	closed int
	won    int
}

func newPortfolio(symbols int, options Options) *portfolio {
	p := &portfolio{
		options: options, cash: 1,
		value: make([]float64, symbols), last: make([]float64, symbols), entry: make([]float64, symbols),
		missing: make([]int, symbols), leaving: make([]bool, symbols), barred: make([]int, symbols),
		listed: make([]bool, symbols), weights: make([]float64, symbols),
	}
	for i := range p.barred {
		p.barred[i] = -1
	}
	return p
}

// mark moves every open position to the day's prices.
func (p *portfolio) mark(prices []float64) {
	for _, c := range p.open {
		value, ok := p.value[c], usable(prices[c])
		if ok {
			value *= prices[c] / p.last[c]
		}
		if !ok || math.IsInf(value, 0) || math.IsNaN(value) {
			p.missing[c]++
			continue
		}
		p.value[c], p.last[c], p.missing[c] = value, prices[c], 0
	}
}

// leave sells what a stop decided to sell yesterday and what has been without a price for too long.
func (p *portfolio) leave(day int) {
	equity := p.equity()
	for _, c := range p.open {
		if !p.leaving[c] && p.missing[c] < delistedAfter {
			continue
		}
		if p.leaving[c] {
			p.barred[c] = day
		}
		p.cash += p.value[c] - p.cost(-p.value[c], equity)
		p.close(c)
	}
	p.compact()
}

// rebalance brings the portfolio to a row's weights. Costs are taken from the equity first, so that the weights hold
// after the trades and cash never becomes negative in a long-only portfolio.
func (p *portfolio) rebalance(day int, positions Positions, row int, prices []float64) {
	equity := p.equity()
	p.held = positions.targets(row, p.options.PositionLimit, p.weights, p.held)
	cost := 0.0
	for _, c := range p.open {
		if p.weights[c] == 0 {
			cost += p.cost(-p.value[c], equity)
		}
	}
	for _, c := range p.held {
		p.weights[c] = p.reachable(c, day, prices[c], equity)
		cost += p.cost(p.weights[c]*equity-p.value[c], equity)
	}
	rest := equity - cost
	p.cash = rest
	for _, c := range p.open {
		if p.weights[c] == 0 {
			p.close(c)
		}
	}
	for _, c := range p.held {
		w := p.weights[c]
		p.weights[c] = 0
		p.cash -= w * rest
		p.hold(c, w*rest, prices[c])
	}
	p.compact()
}

// reachable is the share of the equity a stock can be brought to today: without a price, or on the day a stop
// closed it, a position may shrink but not grow.
func (p *portfolio) reachable(c, day int, price, equity float64) float64 {
	target := p.weights[c]
	if usable(price) && p.barred[c] != day && p.missing[c] == 0 {
		return target
	}
	now := p.value[c] / equity
	if (now > 0) != (target > 0) {
		return 0
	}
	if math.Abs(target) > math.Abs(now) {
		return now
	}
	return target
}

// hold sets a position's value and opens or closes it. A change of side is a close and an opening.
func (p *portfolio) hold(c int, value, price float64) {
	before := p.value[c]
	if before != 0 && (value == 0 || (value > 0) != (before > 0)) {
		p.close(c)
		before = 0
	}
	p.value[c] = value
	if before != 0 || value == 0 {
		return
	}
	p.entry[c], p.last[c], p.missing[c] = price, price, 0
	p.opened++
	if !p.listed[c] {
		p.listed[c] = true
		p.open = append(p.open, c)
	}
}

// close counts a finished trade. The column stays in open until compact.
func (p *portfolio) close(c int) {
	fee, tax := p.options.FeeRatio, p.options.TaxRatio
	gain := p.last[c]*(1-fee-tax) - p.entry[c]*(1+fee)
	if p.value[c] < 0 {
		gain = p.entry[c]*(1-fee-tax) - p.last[c]*(1+fee)
	}
	p.closed++
	if gain > 0 {
		p.won++
	}
	p.value[c], p.leaving[c], p.missing[c] = 0, false, 0
}

// compact drops closed columns from open.
func (p *portfolio) compact() {
	kept := p.open[:0]
	for _, c := range p.open {
		if p.value[c] != 0 {
			kept = append(kept, c)
		} else {
			p.listed[c] = false
		}
	}
	p.open = kept
}

// checkStops marks what hit its stop at today's close; it is sold tomorrow.
func (p *portfolio) checkStops() {
	if p.options.StopLoss == 0 && p.options.TakeProfit == 0 {
		return
	}
	for _, c := range p.open {
		loss, profit := p.options.StopLoss, p.options.TakeProfit
		if p.value[c] < 0 { // a short position loses when the price rises
			loss, profit = -loss, -profit
		}
		p.leaving[c] = passed(p.last[c], p.entry[c], -loss) || passed(p.last[c], p.entry[c], profit)
	}
}

// passed tells whether a price has moved from its entry by the change or more, in the change's direction. No change: never.
// The product, unlike the quotient, is exact for the round numbers people write: 100 * (1 - 0.1) is 90.
func passed(price, entry, change float64) bool {
	limit := entry * (1 + change)
	return (change < 0 && price <= limit) || (change > 0 && price >= limit)
}

func (p *portfolio) equity() float64 {
	total := p.cash
	for _, c := range p.open {
		total += p.value[c]
	}
	return total
}

// cost is what trading an amount (positive: purchase) costs; it also counts the turnover.
func (p *portfolio) cost(amount, equity float64) float64 {
	p.traded += math.Abs(amount) / equity
	if amount > 0 {
		return amount * p.options.FeeRatio
	}
	return -amount * (p.options.FeeRatio + p.options.TaxRatio)
}

func usable(price float64) bool { return price > 0 && !math.IsInf(price, 1) }
