package dataset

import (
	"math"
	"time"
)

// The synthetic market is a factor model: a market return with changing volatility, ten sectors, and for each stock
// a slow quality, a trend and a growth state that push its price a little and show, with noise, in its published
// figures. So momentum, value, quality, growth and institutional flows all predict returns weakly, as an honest
// strategy would hope, and none of them predicts them well.

const sectors = 10

// day is what all stocks share on one trading day.
type day struct {
	market  float64
	sector  [sectors]float64
	month   time.Month
	ofMonth int
	// Figures become public on these days: the first trading day on or after the legal deadline.
	revenueOut bool // the 10th, for the month before
	quarterOut bool // 1 April, 15 May, 14 August, 14 November
}

type market struct{ days []day }

func newMarket(seed uint64, dates []int32) *market {
	source := newSource(seed, 0)
	m := &market{days: make([]day, len(dates))}
	logVol := 0.0
	var before time.Time
	for i, d := range dates {
		date := time.Unix(int64(d)*86400, 0).UTC()
		logVol = 0.985*logVol + 0.07*source.NormFloat64()
		today := day{month: date.Month(), ofMonth: date.Day()}
		today.market = 0.0004 + 0.0085*math.Exp(logVol)*source.NormFloat64()
		for s := range today.sector {
			today.sector[s] = 0.005 * source.NormFloat64()
		}
		if i > 0 {
			today.revenueOut = passed(before, date, 10)
			switch date.Month() {
			case time.April: // 31 March itself may be no trading day
				today.quarterOut = passed(before, date, 1)
			case time.May:
				today.quarterOut = passed(before, date, 15)
			case time.August, time.November:
				today.quarterOut = passed(before, date, 14)
			}
		}
		m.days[i] = today
		before = date
	}
	return m
}

// passed tells whether date is the first trading day of its month on or after the given day of the month.
func passed(before, date time.Time, ofMonth int) bool {
	return date.Day() >= ofMonth && (before.Month() != date.Month() || before.Day() < ofMonth)
}
