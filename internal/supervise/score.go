package supervise

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/stratbox/stratbox/internal/backtest"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/dataset"
	"github.com/stratbox/stratbox/internal/resultwire"
)

// scorer turns position tables into metrics. Prices are read from the mapped dataset, never from the strategy.
type scorer struct {
	market  backtest.Market
	columns map[string]int
	bounds  resultwire.Bounds
}

// task is what the strategy finds in its scope beside the data.
func (s *scorer) task(parameters map[string]string) resultwire.Task {
	dates, defaults := s.market.Dates, backtest.DefaultOptions()
	return resultwire.Task{
		Parameters: parameters,
		StartDate:  dataset.FormatDay(dates[0]), EndDate: dataset.FormatDay(dates[len(dates)-1]),
		FeeRatio: defaults.FeeRatio, TaxRatio: defaults.TaxRatio,
	}
}

// invalidError is a position table or option that cannot be scored, in a sentence for the strategy's author.
type invalidError struct{ sentence string }

func (e *invalidError) Error() string { return e.sentence }

func invalid(format string, args ...any) error {
	return &invalidError{sentence: contract.Clean(fmt.Sprintf(format, args...))}
}

func newScorer(d *dataset.Dataset) (*scorer, error) {
	prices, err := d.Role(dataset.RoleAdjClose)
	if err != nil {
		return nil, err
	}
	s := &scorer{
		market:  backtest.Market{Dates: d.Dates(), Prices: prices.Float64s(), Symbols: len(d.Symbols())},
		columns: make(map[string]int, len(d.Symbols())),
		// Strategies may return calendar days instead of trading days, and none for a while after the last one.
		bounds: resultwire.Bounds{Rows: 2*len(d.Dates()) + 366, Columns: len(d.Symbols())},
	}
	for i, symbol := range d.Symbols() {
		s.columns[symbol] = i
	}
	return s, nil
}

// score returns the metrics as decimal strings. An *invalidError is the strategy's fault, any other the runner's.
func (s *scorer) score(f resultwire.Frame) (map[string]string, error) {
	var asked resultwire.Options
	if err := f.Decode(&asked); err != nil {
		return nil, invalid("the trading options are %v", err)
	}
	table, err := resultwire.ParsePositions(f.Payload, s.bounds)
	if err != nil {
		return nil, invalid("the position table %v", err)
	}
	positions, err := s.resolve(table)
	if err != nil {
		return nil, err
	}
	result, err := backtest.Run(positions, s.market, options(asked))
	if err != nil {
		var position *backtest.InvalidPositionsError
		var option *backtest.InvalidOptionsError
		switch {
		case errors.As(err, &position):
			return nil, invalid("the position table cannot be scored: %s", position.Reason)
		case errors.As(err, &option):
			return nil, invalid("the trading options cannot be used: %s", option.Reason)
		}
		return nil, fmt.Errorf("score the positions: %w", err)
	}
	return result.Decimal(), nil
}

// resolve finds the table's columns in the market.
func (s *scorer) resolve(table resultwire.Positions) (backtest.Positions, error) {
	p := backtest.Positions{Dates: table.Dates, Flags: table.Flags, Weights: table.Weights, Columns: make([]int, len(table.Symbols))}
	var unknown []string
	for i, symbol := range table.Symbols {
		column, ok := s.columns[symbol]
		if !ok {
			unknown = append(unknown, symbol)
		}
		p.Columns[i] = column
	}
	if len(unknown) > 0 {
		few := unknown[:min(len(unknown), 3)]
		return p, invalid("the position table has %d columns that are no stock id of the dataset (%q); its columns must be stock ids such as those of data.get('price:收盤價')",
			len(unknown), strings.Join(few, ", "))
	}
	if p.Weights != nil && !anyNumber(p.Weights) {
		return p, invalid("every cell of the position table is NaN; return True or a weight where a stock is to be held")
	}
	return p, nil
}

func anyNumber(weights []float64) bool {
	for _, w := range weights {
		if !math.IsNaN(w) {
			return true
		}
	}
	return false
}

// options are those the strategy asked for, but for costs below the market's: a strategy must not score better by
// trading for free.
func options(asked resultwire.Options) backtest.Options {
	o := backtest.DefaultOptions()
	market := o
	o.Resample = asked.Resample
	for _, field := range []struct {
		to   *float64
		from *float64
	}{
		{&o.FeeRatio, asked.FeeRatio}, {&o.TaxRatio, asked.TaxRatio}, {&o.StopLoss, asked.StopLoss},
		{&o.TakeProfit, asked.TakeProfit}, {&o.PositionLimit, asked.PositionLimit},
	} {
		if field.from != nil {
			*field.to = *field.from
		}
	}
	o.FeeRatio, o.TaxRatio = max(o.FeeRatio, market.FeeRatio), max(o.TaxRatio, market.TaxRatio)
	return o
}

// stats is the answer to a strategy that asked for a score.
func stats(metrics map[string]string) resultwire.Stats {
	s := resultwire.Stats{Metrics: make(map[string]json.Number, len(metrics))}
	for name, value := range metrics {
		s.Metrics[name] = json.Number(value)
	}
	return s
}
