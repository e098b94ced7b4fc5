package dataset

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"
)

// Synthetic describes a synthetic market. The same values give the same files on one processor architecture,
// however many cores work on it.
type Synthetic struct {
	Name   string
	Days   int
	Stocks int
	Seed   uint64
	// Last is the day the data ends on or before; the zero time means 2024-12-31.
	Last time.Time
}

// The tables of a synthetic market, in the order the simulation fills them.
const (
	colClose = iota
	colOpen
	colHigh
	colLow
	colVolume
	colShares
	colAmount
	colAdjClose
	colMarketValue
	colPE
	colPB
	colYield
	colROE
	colMargin
	colGrowth
	colRevenue
	colRevenueYoY
	colForeign
	colTrust
	columnCount
)

var syntheticKeys = [columnCount]string{
	colClose: "price:收盤價", colOpen: "price:開盤價", colHigh: "price:最高價", colLow: "price:最低價",
	// Strategies use both names; both are shares traded.
	colVolume: "price:成交量", colShares: "price:成交股數", colAmount: "price:成交金額",
	colAdjClose: "etl:adj_close", colMarketValue: "etl:market_value",
	colPE: "price_earning_ratio:本益比", colPB: "price_earning_ratio:股價淨值比", colYield: "price_earning_ratio:殖利率(%)",
	colROE: "fundamental_features:ROE稅後", colMargin: "fundamental_features:營業利益率", colGrowth: "fundamental_features:營收成長率",
	colRevenue: "monthly_revenue:當月營收", colRevenueYoY: "monthly_revenue:去年同月增減(%)",
	colForeign: "institutional_investors_trading_summary:外陸資買賣超股數(不含外資自營商)",
	colTrust:   "institutional_investors_trading_summary:投信買賣超股數",
}

// famous stocks are always listed: strategies name them.
var famous = []int{2330, 2317, 2454, 1101, 1301, 1303, 2002, 2303, 2308, 2412, 2603, 2881, 2882, 2891, 3008}

const (
	firstID, lastID = 1101, 9958
	maxStocks       = lastID - firstID + 1
	maxDays         = 40_000
	blockDays       = 64
)

// Generate writes a synthetic market into dir.
func Generate(ctx context.Context, dir string, s Synthetic) (digest string, err error) {
	if s.Days < 2 || s.Days > maxDays || s.Stocks < 1 || s.Stocks > maxStocks {
		return "", fmt.Errorf("%d days x %d stocks: choose 2 to %d days and 1 to %d stocks", s.Days, s.Stocks, maxDays, maxStocks)
	}
	if s.Last.IsZero() {
		s.Last = time.Date(2024, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	dates := tradingDays(s.Days, s.Last)
	ids := stockIDs(s.Stocks)
	symbols := make([]string, len(ids))
	for i, id := range ids {
		symbols[i] = strconv.Itoa(id)
	}
	w, err := Create(dir, Layout{
		Name: s.Name, Dates: dates, Symbols: symbols, Keys: syntheticKeys[:],
		Roles: map[string]string{RoleClose: syntheticKeys[colClose], RoleAdjClose: syntheticKeys[colAdjClose]},
	})
	if err != nil {
		return "", err
	}
	m := newMarket(s.Seed, dates)
	stocks := make([]*stock, len(ids))
	for i, id := range ids {
		stocks[i] = newStock(s.Seed, id, m, slices.Contains(famous, id))
	}
	if err := stream(ctx, w, m, stocks); err != nil {
		return "", errors.Join(err, w.Abort())
	}
	return w.Finish()
}

// stream simulates a block of days at a time, stocks in parallel, and appends it to every table while the next one is computed.
// Each stock has its own random source, so how stocks are shared out does not matter.
func stream(ctx context.Context, w *Writer, m *market, stocks []*stock) error {
	var blocks [2][columnCount][]float64
	for i := range blocks {
		for t := range blocks[i] {
			blocks[i][t] = make([]float64, blockDays*len(stocks))
		}
	}
	workers := runtime.GOMAXPROCS(0)
	var writing errgroup.Group
	for from, turn := 0, 0; from < len(m.days); from, turn = from+blockDays, 1-turn {
		if err := ctx.Err(); err != nil {
			return errors.Join(err, writing.Wait())
		}
		to := min(from+blockDays, len(m.days))
		block := &blocks[turn]
		var computing errgroup.Group
		for k := range workers {
			computing.Go(func() error {
				for i := k; i < len(stocks); i += workers {
					for day := from; day < to; day++ {
						var row [columnCount]float64
						stocks[i].step(m, day, &row)
						for t, v := range row {
							block[t][(day-from)*len(stocks)+i] = v
						}
					}
				}
				return nil
			})
		}
		if err := errors.Join(computing.Wait(), writing.Wait()); err != nil {
			return err
		}
		writing = errgroup.Group{}
		values := (to - from) * len(stocks)
		for t := range block {
			writing.Go(func() error { return w.Append(t, block[t][:values]) })
		}
	}
	return writing.Wait()
}

// stockIDs picks n four-digit ids: famous ones first, the rest evenly spread, moved up to the next free one.
func stockIDs(n int) []int {
	taken := make(map[int]bool, n)
	for _, id := range famous[:min(n, len(famous))] {
		taken[id] = true
	}
	for i := 0; len(taken) < n; i++ {
		id := firstID + i*maxStocks/n
		for taken[id] {
			id = firstID + (id+1-firstID)%maxStocks
		}
		taken[id] = true
	}
	return slices.Sorted(maps.Keys(taken))
}

func newSource(seed uint64, stream int) *rand.Rand {
	return rand.New(rand.NewPCG(seed, uint64(stream)))
}
