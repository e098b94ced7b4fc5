package dataset

import (
	"math"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func generate(t *testing.T, s Synthetic) *Dataset {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "dataset")
	digest, err := Generate(t.Context(), dir, s)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	if d.Digest() != digest {
		t.Fatalf("opened digest %s, written %s", d.Digest(), digest)
	}
	return d
}

func TestTheSameSeedGivesTheSameDatasetOnAnyNumberOfCores(t *testing.T) {
	spec := Synthetic{Name: "tiny", Days: 150, Stocks: 23, Seed: 7}
	several := generate(t, spec).Digest()
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	if alone := generate(t, spec).Digest(); alone != several {
		t.Errorf("one core: %s, %d cores: %s", alone, before, several)
	}
	spec.Seed = 8
	if other := generate(t, spec).Digest(); other == several {
		t.Error("another seed gave the same dataset")
	}
}

func TestASyntheticMarketLooksLikeAMarket(t *testing.T) {
	d := generate(t, Synthetic{Name: "tw", Days: 800, Stocks: 120, Seed: 1})
	if last := FormatDay(d.Dates()[799]); last != "2024-12-31" {
		t.Errorf("last day is %s", last)
	}
	if !slices.Contains(d.Symbols(), "2330") || !slices.IsSorted(d.Symbols()) {
		t.Errorf("symbols are %v", d.Symbols())
	}
	if err := d.Verify(); err != nil {
		t.Error(err)
	}
	want := slices.Sorted(slices.Values(syntheticKeys[:]))
	if diff := cmp.Diff(want, d.Keys()); diff != "" {
		t.Error(diff)
	}
	table := func(key string) []float64 {
		v, err := d.Table(key)
		if err != nil {
			t.Fatal(err)
		}
		return v.Float64s()
	}
	open, high, low, price := table("price:開盤價"), table("price:最高價"), table("price:最低價"), table("price:收盤價")
	adjusted, volume, pb := table("etl:adj_close"), table("price:成交股數"), table("price_earning_ratio:股價淨值比")
	missing := 0
	for i, c := range price {
		if math.IsNaN(c) {
			missing++
			continue
		}
		if !(low[i] > 0 && low[i] <= min(open[i], c) && high[i] >= max(open[i], c)) {
			t.Fatalf("cell %d: open %v high %v low %v close %v", i, open[i], high[i], low[i], c)
		}
		if !(adjusted[i] > 0 && volume[i] >= 0 && pb[i] > 0 && c < 1e6) {
			t.Fatalf("cell %d: adjusted %v volume %v pb %v close %v", i, adjusted[i], volume[i], pb[i], c)
		}
	}
	if share := float64(missing) / float64(len(price)); share < 0.01 || share > 0.4 {
		t.Errorf("%.3f of all prices are missing", share)
	}
}

func TestImpossibleSizesAreRefusedBeforeAnythingIsWritten(t *testing.T) {
	for name, s := range map[string]Synthetic{
		"one day":         {Name: "x", Days: 1, Stocks: 1},
		"no stocks":       {Name: "x", Days: 10, Stocks: 0},
		"too many stocks": {Name: "x", Days: 10, Stocks: maxStocks + 1},
		"too many days":   {Name: "x", Days: maxDays + 1, Stocks: 1},
	} {
		if _, err := Generate(t.Context(), filepath.Join(t.TempDir(), "d"), s); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestEveryFourDigitIDCanBeUsed(t *testing.T) {
	for _, n := range []int{1, 15, 16, 2000, maxStocks} {
		ids := stockIDs(n)
		if len(slices.Compact(slices.Clone(ids))) != n || ids[0] < firstID || ids[n-1] > lastID {
			t.Errorf("%d stocks: %d ids from %d to %d", n, len(ids), ids[0], ids[n-1])
		}
	}
}

func TestTradingDays(t *testing.T) {
	days := func(last string, n int) []string {
		end, err := time.Parse(time.DateOnly, last)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, d := range tradingDays(n, end) {
			out = append(out, FormatDay(d))
		}
		return out
	}
	for name, c := range map[string]struct {
		last string
		want []string
	}{
		"a weekend is skipped":               {"2024-12-30", []string{"2024-12-27", "2024-12-30"}},
		"the last day may be a holiday":      {"2024-10-10", []string{"2024-10-08", "2024-10-09"}},
		"the lunar new year closes a week":   {"2024-02-15", []string{"2024-02-08", "2024-02-15"}},
		"the years before the table have it": {"1999-01-04", []string{"1998-12-31", "1999-01-04"}},
	} {
		if diff := cmp.Diff(c.want, days(c.last, 2)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
