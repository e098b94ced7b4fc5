package dataset

import (
	"math"
	"math/rand/v2"
	"time"
)

// stock is one company's hidden state and published figures.
type stock struct {
	random                   *rand.Rand
	sector                   int
	beta, volatility         float64
	listed, delisted, halted int // trading day indices

	quality, trend, growth float64

	price, close, adjusted float64 // price is unrounded; close 0 before the first trading day
	shares, book           float64
	dividendMonth          time.Month
	dividendDay            int
	paidThisYear           bool
	dividend               float64 // of the last year
	earnings               [4]float64
	quarter                int

	roe, margin, quarterGrowth float64
	revenues                   [13]float64
	month                      int
	revenueBase                float64
	revenue, revenueYoY        float64
}

func newStock(seed uint64, id int, m *market, always bool) *stock {
	r := newSource(seed, id)
	days := len(m.days)
	s := &stock{
		random: r, sector: r.IntN(sectors), beta: 0.6 + 0.8*r.Float64(), volatility: 0.012 + 0.014*r.Float64(),
		listed: 0, delisted: days, halted: -1,
		quality: r.NormFloat64(), growth: r.NormFloat64(), book: 10 + 40*r.Float64(),
		shares:        math.Round(math.Exp(11.5+1.2*r.NormFloat64())) * 1000,
		dividendMonth: time.July + time.Month(r.IntN(3)), dividendDay: 1 + r.IntN(28),
	}
	late, early := r.Float64(), r.Float64()
	when, until := r.IntN(days), r.IntN(days)
	if always {
		s.shares *= 10
	} else {
		if late < 0.25 {
			s.listed = when
		}
		if early < 0.08 {
			s.delisted = s.listed + until
		}
	}
	for i := range s.earnings {
		s.earnings[i] = s.quarterROE() / 100 * s.book
	}
	s.price = s.book * math.Exp(s.fairLogPB()+0.3*r.NormFloat64())
	s.dividend = 0.5 * s.annualEarnings()
	s.revenueBase = s.shares * s.book / 1000 * (0.02 + 0.05*r.Float64())
	for range s.revenues {
		s.nextMonth(m.days[0].month)
	}
	s.publishQuarter()
	return s
}

// step advances the stock by one trading day and fills its row of every table.
func (s *stock) step(m *market, index int, row *[columnCount]float64) {
	today := &m.days[index]
	previous := s.price
	flow := s.move(today)
	if today.quarterOut {
		s.nextQuarter()
	}
	if today.revenueOut {
		s.nextMonth(today.month)
	}
	for i := range row {
		row[i] = math.NaN()
	}
	if index < s.listed || index >= s.delisted {
		return
	}
	row[colROE], row[colMargin], row[colGrowth] = s.roe, s.margin, s.quarterGrowth
	row[colRevenue], row[colRevenueYoY] = s.revenue, s.revenueYoY
	if s.close > 0 && s.halted < index && s.random.Float64() < 0.0001 {
		s.halted = index + 2 + s.random.IntN(12)
	}
	if index <= s.halted {
		row[colVolume], row[colShares], row[colAmount], row[colForeign], row[colTrust] = 0, 0, 0, 0, 0
		return
	}
	s.trade(previous, flow, row)
}

// move draws the day's return and pays the dividend. It returns how eager institutions were.
func (s *stock) move(today *day) float64 {
	r := s.random
	s.trend = 0.98*s.trend + 0.00013*r.NormFloat64()
	cheap := s.fairLogPB() - math.Log(s.price/s.book)
	expected := s.trend + 0.00008*s.quality + 0.00007*s.growth + 0.0002*max(-1, min(1, cheap))
	idiosyncratic := s.volatility * r.NormFloat64()
	change := expected + s.beta*today.market + today.sector[s.sector] + idiosyncratic
	s.price *= math.Exp(max(-0.1, min(0.095, change)))
	s.price = max(s.price, 1)
	if today.month == s.dividendMonth && today.ofMonth >= s.dividendDay && !s.paidThisYear {
		s.paidThisYear = true
		s.dividend = max(0, min(0.5*s.annualEarnings(), 0.08*s.price))
		s.price -= s.dividend
		s.book = max(1, s.book-s.dividend)
		s.adjusted += s.adjusted * s.dividend / max(s.close-s.dividend, 1) // reinvested at the ex-dividend price
	} else if today.month == time.January {
		s.paidThisYear = false
	}
	return 100*expected + 12*idiosyncratic + r.NormFloat64()
}

// trade turns the hidden price into the day's published prices, volumes and ratios.
func (s *stock) trade(previous, flow float64, row *[columnCount]float64) {
	r := s.random
	before := s.close
	s.close = roundToTick(s.price)
	if before == 0 {
		before, s.adjusted = s.close, s.close
	} else {
		s.adjusted *= s.close / before
	}
	open := roundToTick(previous * math.Exp(0.3*math.Log(s.price/previous)+0.004*r.NormFloat64()))
	above, below := min(0.07, 0.4*s.volatility*r.ExpFloat64()), min(0.07, 0.4*s.volatility*r.ExpFloat64())
	high := max(open, s.close, roundToTick(max(open, s.close)*(1+above)))
	low := min(open, s.close, roundToTick(min(open, s.close)*(1-below)))
	moved := math.Abs(s.close/before-1) / s.volatility
	volume := math.Round(s.shares * 0.003 * math.Exp(0.4*min(moved, 4)+0.5*r.NormFloat64()))

	row[colClose], row[colOpen], row[colHigh], row[colLow], row[colAdjClose] = s.close, open, high, low, s.adjusted
	row[colVolume], row[colShares], row[colAmount] = volume, volume, math.Round(volume*(s.close+open)/2)
	row[colMarketValue] = s.close * s.shares
	if e := s.annualEarnings(); e > 0 {
		row[colPE] = round2(s.close / e)
	}
	row[colPB] = round2(s.close / s.book)
	row[colYield] = round2(100 * s.dividend / s.close)
	row[colForeign] = math.Round(volume * 0.12 * max(-2, min(2, flow)))
	row[colTrust] = math.Round(volume * 0.04 * max(-2, min(2, 0.6*flow+r.NormFloat64())))
}

func (s *stock) fairLogPB() float64 { return 0.3 + 0.3*s.quality }

func (s *stock) quarterROE() float64 { return 2 + 1.6*s.quality + 0.6*s.random.NormFloat64() }

func (s *stock) annualEarnings() float64 {
	return s.earnings[0] + s.earnings[1] + s.earnings[2] + s.earnings[3]
}

// nextQuarter closes a quarter: the hidden states drift, profit goes into the book value, figures are published.
func (s *stock) nextQuarter() {
	s.quality = 0.94*s.quality + 0.34*s.random.NormFloat64()
	s.growth = 0.85*s.growth + 0.52*s.random.NormFloat64()
	earned := s.quarterROE() / 100 * s.book
	s.earnings[s.quarter] = earned
	s.quarter = (s.quarter + 1) % len(s.earnings)
	s.book = max(1, s.book+earned)
	s.publishQuarter()
}

func (s *stock) publishQuarter() {
	s.roe = round2(max(-100, min(100, 100*s.annualEarnings()/s.book)))
	s.margin = round2(9 + 6*s.quality + 2*s.random.NormFloat64())
	s.quarterGrowth = round2(4 + 11*s.growth + 6*s.random.NormFloat64())
}

// nextMonth publishes a month's revenue and its change on the same month a year before.
func (s *stock) nextMonth(published time.Month) {
	s.revenueBase *= math.Exp(0.004 + 0.006*s.growth)
	season := 1 + 0.08*math.Sin(2*math.Pi*float64(published)/12)
	s.revenue = max(1, math.Round(s.revenueBase*season*math.Exp(0.06*s.random.NormFloat64())))
	s.revenues[s.month] = s.revenue
	s.month = (s.month + 1) % len(s.revenues)
	if yearBefore := s.revenues[s.month]; yearBefore > 0 {
		s.revenueYoY = round2(100 * (s.revenue/yearBefore - 1))
	}
}

func round2(x float64) float64 { return math.Round(x*100) / 100 }

// roundToTick rounds to the exchange's price steps.
func roundToTick(price float64) float64 {
	steps := 100.0 // per dollar
	switch {
	case price >= 1000:
		return math.Round(price/5) * 5
	case price >= 500:
		steps = 1
	case price >= 100:
		steps = 2
	case price >= 50:
		steps = 10
	case price >= 10:
		steps = 20
	}
	return max(0.01, math.Round(price*steps)/steps)
}
