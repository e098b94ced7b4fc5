package dataset

import (
	"cmp"
	"math"
	"slices"
	"testing"
)

// A market that hands out fortunes would make every score meaningless. No simple rule may do much better than holding
// everything, nor much worse.
func TestNoSimpleRuleGetsRich(t *testing.T) {
	const days, stocks = 2000, 300
	d := generate(t, Synthetic{Name: "tw", Days: days, Stocks: stocks, Seed: 1})
	table := func(key string) []float64 {
		v, err := d.Table(key)
		if err != nil {
			t.Fatal(err)
		}
		return v.Float64s()
	}
	adjusted, pb, roe := table("etl:adj_close"), table("price_earning_ratio:股價淨值比"), table("fundamental_features:ROE稅後")
	revenue := table("monthly_revenue:去年同月增減(%)")
	all := annualReturn(adjusted, days, stocks, stocks, func(int, int) float64 { return 0 })
	rules := map[string]func(day, stock int) float64{
		"the cheapest by book value": func(day, stock int) float64 { return pb[day*stocks+stock] },
		"the cheap and profitable": func(day, stock int) float64 {
			return 6*math.Log(pb[day*stocks+stock]) - roe[day*stocks+stock]
		},
		"the fastest growing": func(day, stock int) float64 { return -revenue[day*stocks+stock] },
		"the strongest of half a year": func(day, stock int) float64 {
			return -adjusted[day*stocks+stock] / adjusted[max(0, day-120)*stocks+stock]
		},
		"the weakest of a week": func(day, stock int) float64 {
			return adjusted[day*stocks+stock] / adjusted[max(0, day-5)*stocks+stock]
		},
	}
	for name, rule := range rules {
		if gain := annualReturn(adjusted, days, stocks, 20, rule) - all; math.Abs(gain) > 0.15 {
			t.Errorf("%s: %.0f %% a year more than the market's %.0f %%", name, 100*gain, 100*all)
		}
	}
	if math.Abs(all) > 0.2 {
		t.Errorf("the market returns %.0f %% a year", 100*all)
	}
}

// annualReturn of holding, for twenty days each, the stocks that a rule ranks lowest. Costs are left out.
func annualReturn(adjusted []float64, days, stocks, hold int, rule func(day, stock int) float64) float64 {
	const period = 20
	wealth, periods := 1.0, 0
	for day := 140; day+period < days; day += period {
		type candidate struct{ rank, gain float64 }
		var candidates []candidate
		for stock := range stocks {
			gain := adjusted[(day+period)*stocks+stock] / adjusted[day*stocks+stock]
			if rank := rule(day, stock); !math.IsNaN(gain) && !math.IsNaN(rank) {
				candidates = append(candidates, candidate{rank, gain})
			}
		}
		slices.SortFunc(candidates, func(a, b candidate) int { return cmp.Compare(a.rank, b.rank) })
		candidates = candidates[:min(hold, len(candidates))]
		sum := 0.0
		for _, c := range candidates {
			sum += c.gain
		}
		wealth *= sum / float64(len(candidates))
		periods++
	}
	return math.Pow(wealth, 250/(period*float64(periods))) - 1
}
