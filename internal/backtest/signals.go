package backtest

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"time"
)

// maxWeight bounds a single weight. Larger numbers are no weights, and their sums would lose all precision.
const maxWeight = 1e15

func (p Positions) check(m Market) error {
	rows, columns := len(p.Dates), len(p.Columns)
	switch {
	case rows == 0:
		return invalidPositions("the table has no rows")
	case columns == 0:
		return invalidPositions("the table has no columns that are stocks of the dataset")
	case (p.Weights == nil) == (p.Flags == nil):
		return invalidPositions("the table must hold either weights or flags")
	case p.Weights != nil && len(p.Weights)/columns != rows, len(p.Weights)%columns != 0,
		p.Flags != nil && len(p.Flags)/columns != rows, len(p.Flags)%columns != 0:
		return invalidPositions("%d values do not fill %d rows x %d columns", len(p.Weights)+len(p.Flags), rows, columns)
	}
	seen := make([]bool, m.Symbols)
	for i, c := range p.Columns {
		if c < 0 || c >= m.Symbols {
			return invalidPositions("column %d names stock %d of %d", i, c, m.Symbols)
		}
		if seen[c] {
			return invalidPositions("two columns name the same stock (column %d is the second)", i)
		}
		seen[c] = true
	}
	if err := p.checkValues(); err != nil {
		return err
	}
	first, last := slices.Min(p.Dates), slices.Max(p.Dates)
	if from, to := m.Dates[0], m.Dates[len(m.Dates)-1]; last < from || first > to {
		return invalidPositions("its dates (%s to %s) are outside the dataset's (%s to %s); is the index a date index?",
			formatDay(first), formatDay(last), formatDay(from), formatDay(to))
	}
	return nil
}

func (p Positions) checkValues() error {
	for i, w := range p.Weights {
		if math.Abs(w) > maxWeight { // NaN compares false: it means no position
			return invalidPositions("the weight in row %s, column %d is %g; weights must be finite and at most %g",
				formatDay(p.Dates[i/len(p.Columns)]), i%len(p.Columns), w, maxWeight)
		}
	}
	for i, f := range p.Flags {
		if f > 1 {
			return invalidPositions("the flag in row %s, column %d is %d; flags are 0 or 1",
				formatDay(p.Dates[i/len(p.Columns)]), i%len(p.Columns), f)
		}
	}
	return nil
}

// order lists the rows by date.
func (p Positions) order() ([]int, error) {
	order := make([]int, len(p.Dates))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(p.Dates[a], p.Dates[b]) })
	for i := 1; i < len(order); i++ {
		if day := p.Dates[order[i]]; day == p.Dates[order[i-1]] {
			return nil, invalidPositions("two rows have the date %s", formatDay(day))
		}
	}
	return order, nil
}

// trade is one rebalance: on trading day day, bring the portfolio to the weights of row row.
type trade struct{ day, row int }

// schedule turns signals into trades inside the window [first, last] of market days. A signal is traded on the first
// trading day after its date, or after its period's last day. Of several signals for one day the latest counts; signals
// from before the window are the position it starts with.
func (p Positions) schedule(m Market, s Schedule, first, last int) ([]trade, error) {
	order, err := p.order()
	if err != nil {
		return nil, err
	}
	var trades []trade
	previous := -1
	for _, row := range order {
		known := s.lastDay(p.Dates[row])
		day := sort.Search(len(m.Dates), func(i int) bool { return m.Dates[i] > known })
		if day > last {
			break
		}
		if s.Period == OnChange {
			same := p.sameRow(previous, row)
			previous = row
			if same {
				continue
			}
		}
		day = max(day, first)
		if n := len(trades); n > 0 && trades[n-1].day == day {
			trades[n-1].row = row
			continue
		}
		trades = append(trades, trade{day: day, row: row})
	}
	return trades, nil
}

// sameRow compares two rows; row -1 is the empty portfolio.
func (p Positions) sameRow(a, b int) bool {
	n := len(p.Columns)
	if p.Flags != nil {
		if a < 0 {
			return !slices.Contains(p.Flags[b*n:(b+1)*n], 1)
		}
		return slices.Equal(p.Flags[a*n:(a+1)*n], p.Flags[b*n:(b+1)*n])
	}
	for i, w := range p.Weights[b*n : (b+1)*n] {
		before := 0.0
		if a >= 0 {
			before = p.Weights[a*n+i]
		}
		if w != before && (orZero(w) != orZero(before)) {
			return false
		}
	}
	return true
}

func orZero(w float64) float64 {
	if math.IsNaN(w) {
		return 0
	}
	return w
}

// targets writes the row's share of the equity for each market column into weights, which must be all zero, and
// returns the columns that are not zero, in column order of the table.
func (p Positions) targets(row int, limit float64, weights []float64, held []int) []int {
	n := len(p.Columns)
	gross := 0.0
	held = held[:0]
	for i, c := range p.Columns {
		var w float64
		if p.Flags != nil {
			w = float64(p.Flags[row*n+i])
		} else {
			w = orZero(p.Weights[row*n+i])
		}
		if w == 0 {
			continue
		}
		weights[c] = w
		gross += math.Abs(w)
		held = append(held, c)
	}
	for _, c := range held {
		w := weights[c]
		if gross > 1 {
			w /= gross
		}
		weights[c] = max(-limit, min(limit, w))
	}
	return held
}

func formatDay(day int32) string {
	return time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly)
}
