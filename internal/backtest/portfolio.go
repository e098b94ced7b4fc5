package backtest

import (
	"math"
	"slices"
)

// delistedAfter is how many trading days in a row a held stock may go without a price before it is taken as
// delisted and sold at its last price. Shorter gaps are trading halts.
const delistedAfter = 20

// holding is one market column's position. Closed: value is 0.
type holding struct {
	value   float64 // signed market value
	last    float64 // last known price
	entry   float64 // price at which the position was opened
	missing int32   // trading days without a price
	barred  int32   // day of the last stop exit, -1 if none
	leaving bool    // a stop was hit at the close before
	listed  bool    // the column is in portfolio.open
}

// portfolio is the state of one simulation.
type portfolio struct {
	options  Options
	cash     float64
	holdings []holding // by market column
	open     []int     // columns held, in rising order outside a rebalance

	weights []float64 // scratch: targets of the current rebalance by market column, zero outside it
	held    []int     // scratch: columns with a target

	traded float64 // sum over trades of value / equity
	opened int
	closed int
	won    int
}

func newPortfolio(symbols int, options Options) *portfolio {
	p := &portfolio{options: options, cash: 1, holdings: make([]holding, symbols), weights: make([]float64, symbols)}
	for i := range p.holdings {
		p.holdings[i].barred = -1
	}
	return p
}

// mark moves every open position to the day's prices and returns the equity.
func (p *portfolio) mark(prices []float64) float64 {
	total := p.cash
	for _, c := range p.open {
		h, price := &p.holdings[c], prices[c]
		value := h.value * (price / h.last)
		if !usable(price) || math.IsInf(value, 0) || math.IsNaN(value) {
			h.missing++
		} else {
			h.value, h.last, h.missing = value, price, 0
		}
		total += h.value
	}
	return total
}

// leave sells what a stop decided to sell yesterday and what has been without a price for too long.
func (p *portfolio) leave(day int, equity float64) {
	some := false
	for _, c := range p.open {
		h := &p.holdings[c]
		if !h.leaving && h.missing < delistedAfter {
			continue
		}
		if h.leaving {
			h.barred = int32(day)
		}
		p.traded += math.Abs(h.value) / equity
		p.cash += h.value - p.cost(-h.value)
		p.close(h)
		some = true
	}
	if some {
		p.compact()
	}
}

// rebalance brings the portfolio to a row's weights. Costs are taken from the equity first, so that the weights hold
// after the trades and cash never becomes negative in a long-only portfolio.
func (p *portfolio) rebalance(day int, positions Positions, row int, prices []float64) {
	equity := p.equity()
	p.held = positions.targets(row, p.options.PositionLimit, p.weights, p.held)
	cost, traded := 0.0, 0.0
	for _, c := range p.open {
		if value := p.holdings[c].value; p.weights[c] == 0 {
			cost += p.cost(-value)
			traded += math.Abs(value)
		}
	}
	for _, c := range p.held {
		h := &p.holdings[c]
		p.weights[c] = h.reachable(p.weights[c], day, prices[c], equity)
		amount := p.weights[c]*equity - h.value
		cost += p.cost(amount)
		traded += math.Abs(amount)
	}
	p.traded += traded / equity
	rest := equity - cost
	p.cash = rest
	for _, c := range p.open {
		if p.weights[c] == 0 {
			p.close(&p.holdings[c])
		}
	}
	for _, c := range p.held {
		value := p.weights[c] * rest
		p.weights[c] = 0
		p.cash -= value
		p.hold(c, value, prices[c])
	}
	p.compact()
}

// reachable is the share of the equity a stock can be brought to today: without a price, or on the day a stop
// closed it, a position may shrink but not grow.
func (h *holding) reachable(target float64, day int, price, equity float64) float64 {
	if usable(price) && int(h.barred) != day && h.missing == 0 {
		return target
	}
	now := h.value / equity
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
	h := &p.holdings[c]
	before := h.value
	if before != 0 && (value == 0 || (value > 0) != (before > 0)) {
		p.close(h)
		before = 0
	}
	h.value = value
	if before != 0 || value == 0 {
		return
	}
	h.entry, h.last, h.missing = price, price, 0
	p.opened++
	if !h.listed {
		h.listed = true
		p.open = append(p.open, c)
	}
}

// close counts a finished trade. The column stays in open until compact.
func (p *portfolio) close(h *holding) {
	fee, tax := p.options.FeeRatio, p.options.TaxRatio
	gain := h.last*(1-fee-tax) - h.entry*(1+fee)
	if h.value < 0 {
		gain = h.entry*(1-fee-tax) - h.last*(1+fee)
	}
	p.closed++
	if gain > 0 {
		p.won++
	}
	h.value, h.leaving, h.missing = 0, false, 0
}

// compact drops closed columns from open and restores its order, which is the order of additions and of memory.
func (p *portfolio) compact() {
	kept := p.open[:0]
	for _, c := range p.open {
		if p.holdings[c].value != 0 {
			kept = append(kept, c)
		} else {
			p.holdings[c].listed = false
		}
	}
	p.open = kept
	if !slices.IsSorted(kept) {
		slices.Sort(kept)
	}
}

// checkStops marks what hit its stop at today's close; it is sold tomorrow.
func (p *portfolio) checkStops() {
	if p.options.StopLoss == 0 && p.options.TakeProfit == 0 {
		return
	}
	for _, c := range p.open {
		h := &p.holdings[c]
		loss, profit := p.options.StopLoss, p.options.TakeProfit
		if h.value < 0 { // a short position loses when the price rises
			loss, profit = -loss, -profit
		}
		h.leaving = passed(h.last, h.entry, -loss) || passed(h.last, h.entry, profit)
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
		total += p.holdings[c].value
	}
	return total
}

// cost is what trading an amount (positive: purchase) costs.
func (p *portfolio) cost(amount float64) float64 {
	if amount > 0 {
		return amount * p.options.FeeRatio
	}
	return -amount * (p.options.FeeRatio + p.options.TaxRatio)
}

func usable(price float64) bool { return price > 0 && price <= math.MaxFloat64 }
