package backtest

import (
	"fmt"
	"math"
	"strconv"
)

const (
	// tradingDays is the number of trading days a year used to annualise.
	tradingDays = 252
	// minDeviation separates returns that vary from rounding noise around a constant.
	minDeviation = 1e-12
)

// MarketError means that prices and dates do not fit together: the dataset or the caller is wrong, never the strategy.
type MarketError struct{ Dates, Symbols, Prices int }

func (e *MarketError) Error() string {
	return fmt.Sprintf("market: %d prices do not fill %d dates x %d symbols", e.Prices, e.Dates, e.Symbols)
}

// Decimal writes the defined metrics as decimal strings of at most six significant digits, without an exponent below
// 1e15. Undefined metrics are left out.
func (r Result) Decimal() map[string]string {
	metrics := map[string]string{"trades": strconv.Itoa(r.Trades)}
	for name, value := range map[string]float64{
		"daily_sharpe": r.DailySharpe, "total_return": r.TotalReturn, "annual_return": r.AnnualReturn,
		"max_drawdown": r.MaxDrawdown, "calmar": r.Calmar, "win_rate": r.WinRate, "turnover": r.Turnover,
	} {
		if !math.IsNaN(value) && !math.IsInf(value, 0) {
			metrics[name] = decimal(value)
		}
	}
	return metrics
}

func decimal(value float64) string {
	if math.Abs(value) < 1e-12 {
		return "0"
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(value, 'e', 5, 64), 64) // its own output parses
	if math.Abs(rounded) >= 1e15 {
		return strconv.FormatFloat(rounded, 'g', -1, 64)
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}
