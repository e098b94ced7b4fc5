package backtest

import "fmt"

// Positions is what a strategy wants to hold, row by row. Exactly one of Weights and Flags is set.
type Positions struct {
	// Dates are days since 1970-01-01, unique, in any order.
	Dates []int32
	// Columns gives for each column of the table the market's column of the same stock. The caller resolves names.
	Columns []int
	// Weights is row-major, len(Dates) x len(Columns). A share of the equity; negative is short; NaN is 0.
	Weights []float64
	// Flags is row-major: 1 held, 0 not held. Held stocks of one row share the equity equally.
	Flags []byte
}

// Market is what could be traded. The slices may be views on mapped memory; they are only read.
type Market struct {
	// Dates are the trading days since 1970-01-01, strictly increasing.
	Dates []int32
	// Prices are adjusted closes, row-major, len(Dates) x Symbols. NaN, infinite, zero or negative: no price that day.
	Prices []float64
	// Symbols is the number of columns.
	Symbols int
}

// Options are the trading rules of one backtest. The zero value trades for free whenever the position changes; see DefaultOptions.
type Options struct {
	// Resample is how often the portfolio is brought back to its weights: "" when the position changes, or a
	// pandas frequency for D, W, M, Q or Y in any usual spelling (see ParseResample).
	Resample string
	// FeeRatio is paid on the value of every purchase and sale, TaxRatio on sales. At least 0, below 1.
	FeeRatio, TaxRatio float64
	// StopLoss and TakeProfit close a position whose price has moved that far against or for it. 0: never.
	StopLoss, TakeProfit float64
	// PositionLimit is the largest share of the equity in one stock. 0 means 1.
	PositionLimit float64
	// StartDate and EndDate bound the scored days, inclusive, as days since 1970-01-01. 0: the market's first and last day.
	StartDate, EndDate int32
}

// DefaultOptions are Taiwan's: 0.1425 % brokerage on both sides, 0.3 % transaction tax on sales.
func DefaultOptions() Options {
	return Options{FeeRatio: 0.001425, TaxRatio: 0.003, PositionLimit: 1}
}

// Result is the score. Metrics that are undefined for these positions are NaN; Decimal leaves them out.
type Result struct {
	// FirstDay and LastDay are the scored window's first and last trading day.
	FirstDay, LastDay int32
	// Equity is the portfolio's value at each close of the window, 1 before the first.
	Equity []float64

	DailySharpe  float64
	TotalReturn  float64
	AnnualReturn float64
	MaxDrawdown  float64 // 0 or negative
	Calmar       float64
	WinRate      float64
	Turnover     float64
	Trades       int // positions opened
}

// InvalidPositionsError says why a position table cannot be scored. The reason is a sentence for the strategy's author.
type InvalidPositionsError struct{ Reason string }

func (e *InvalidPositionsError) Error() string { return "invalid positions: " + e.Reason }

// InvalidOptionsError says which option cannot be used.
type InvalidOptionsError struct{ Reason string }

func (e *InvalidOptionsError) Error() string { return "invalid options: " + e.Reason }

func invalidPositions(format string, args ...any) error {
	return &InvalidPositionsError{Reason: fmt.Sprintf(format, args...)}
}

func invalidOptions(format string, args ...any) error {
	return &InvalidOptionsError{Reason: fmt.Sprintf(format, args...)}
}
