package report

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestNumbersAreWrittenForPeople(t *testing.T) {
	for got, want := range map[string]string{
		duration(0): "0 ms", duration(3): "3 ms", duration(2.5): "2.5 ms", duration(999): "999 ms", duration(999.5): "1.00 s", duration(1234): "1.23 s",
		duration(9_994): "9.99 s", duration(9_995): "10.0 s", duration(99_949): "99.9 s", duration(99_950): "100 s", duration(301_200): "301 s", duration(4e15): "4e+12 s",
		signed(0.04): "0.0 %", signed(-0.04): "0.0 %", signed(0.05): "+0.1 %", signed(-17.25): "−17.2 %", signed(49.96): "+50.0 %",
		plain(50): "50 %", plain(-10): "−10 %", withSign("49.96"): "+49.96 %", withSign("-0.04"): "−0.04 %", withSign("-0.0"): "0.0 %", withSign("1e2"): "+100.0 %", withSign("0x1p4"): "+16.0 %", sentence("it is so"): "It is so.", sentence("Really?"): "Really?", sentence("École. "): "École.", sentence(""): "", sentence("spec.suspend is true"): "spec.suspend is true.",
		difference(0): "0 ms", difference(-22): "−22 ms", difference(1500): "+1.50 s",
		elapsed(59 * time.Second): "59 s", elapsed(61 * time.Second): "1 min 1 s", elapsed(90 * time.Minute): "1 h 30 min",
		count(1, "pair"): "1 pair", count(0, "pair"): "0 pairs", were(1, "run"): "1 run was", were(2, "run"): "2 runs were",
		shorten("12345", 5): "12345", shorten("123456", 5): "1234…", oneLine("a\nb\u2028c\x1bd\u202ee"): "a b c de", visible("a\n\tb\u202ec\u3000d\r"): "a\n\tbc\u3000d ",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestOnlyPlausibleDecimalsArePercentages(t *testing.T) {
	for decimal, want := range map[string]bool{"": false, "abc": false, "NaN": false, "Inf": false, "-Inf": false, "1e308": false, "1000000": false,
		"999999": true, "-17.2": true, "0": true} {
		if _, ok := percentOf(decimal); ok != want {
			t.Errorf("%q is a percentage: %v, want %v", decimal, ok, want)
		}
	}
}

func TestScales(t *testing.T) {
	axis := scale{-10, 90}
	for got, want := range map[string]string{
		axis.at(-10): "0%", axis.at(-11): "0%", axis.at(40): "50%", axis.at(91): "100%", axis.at(23.456): "33.46%", axis.width(0, 50): "50%",
		axis.width(80, 200): "10%", scale{5, 5}.at(5): "0%", anchor(0.04): "start", anchor(0.05): "middle", anchor(0.96): "end",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for name, c := range map[string]struct{ got, want []float64 }{
		"ones":               {rounded(0, 5, 5), []float64{0, 1, 2, 3, 4, 5}},
		"twos":               {rounded(0, 6.9, 5), []float64{0, 2, 4, 6}},
		"fifties":            {rounded(-60, 130, 5), []float64{-50, 0, 50, 100}},
		"below one":          {rounded(0, 0.3, 3), []float64{0, 0.1, 0.2, 0.30000000000000004}},
		"nothing to divide":  {rounded(3, 3, 5), []float64{3}},
		"hundreds of months": {rounded(0, 1000, 2), []float64{0, 500, 1000}},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAxesOfTimesReachNearlyAll(t *testing.T) {
	alike := []float64{100, 110, 120, 130, 140, 150, 160, 170, 180, 190}
	for name, c := range map[string]struct {
		values  []float64
		longest float64
		beyond  int
	}{
		"all alike":                        {alike, 190, 0},
		"one three times as long":          {append(alike[:9:9], 500), 500, 0},
		"one a hundred times as long":      {append(slices.Concat(alike, alike)[1:], 19000), 190, 1},
		"one only":                         {[]float64{7}, 7, 0},
		"two, one much longer, both shown": {[]float64{1, 1000}, 1000, 0},
	} {
		if longest, beyond := reach(c.values); longest != c.longest || beyond != c.beyond {
			t.Errorf("%s: up to %v, %d beyond; want %v, %d", name, longest, beyond, c.longest, c.beyond)
		}
	}
	if axis, ticks := seconds(0); axis.to <= 0 || len(ticks) == 0 {
		t.Errorf("an axis without times: %v %v", axis, ticks)
	}
	if got := onAxis(2e12, 4e12); got != "2e+09 s" {
		t.Errorf("an absurd time: %s", got)
	}
}

func TestLabelsShowWhereTheyFit(t *testing.T) {
	for label, shares := range map[string]map[float64]string{"execution": {0.24: "any", 0.23: "wide", 0.13: "wide", 0.12: "none"}} {
		for share, want := range shares {
			if got := fit(share, label); got != want {
				t.Errorf("%s in %v of the width: %s, want %s", label, share, got, want)
			}
		}
	}
}

func TestScatterStaysWithinItsStrip(t *testing.T) {
	seen := map[int]bool{}
	for i := range 500 {
		at := scatter(i, 14)
		if at < -14 || at > 14 {
			t.Fatalf("the %dth of the sequence is %d", i, at)
		}
		seen[at] = true
	}
	if len(seen) != 29 {
		t.Errorf("%d of 29 heights are used", len(seen))
	}
}
