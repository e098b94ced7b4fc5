package overhead

import (
	"math"
	"testing"
)

func TestNoTextCrossesAThreshold(t *testing.T) {
	for name, test := range map[string]struct {
		figure float64
		want   string
	}{
		"one decimal":                        {38.24, "38.2"},
		"just below the first threshold":     {49.96, "49.96"},
		"still closer":                       {49.9999, "49.9999"},
		"as close as a figure can be":        {math.Nextafter(50, 0), "49.99999999999999"},
		"on the threshold":                   {50, "50.0"},
		"just above it":                      {50.0001, "50.0"},
		"just below the second":              {99.951, "99.95"},
		"rounding up to it is not needed":    {99.94, "99.9"},
		"negative":                           {-3.06, "-3.1"},
		"nothing":                            {0, "0.0"},
		"a little less than nothing":         {-0.04, "0.0"},
		"more than its field has room for":   {1.23456789e200, "1.23457e+200"},
		"what a broken sample could lead to": {math.NaN(), "NaN"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := decimal(test.figure, 50, 100); got != test.want || len(got) > 32 {
				t.Errorf("%v is written %q, want %q", test.figure, got, test.want)
			}
		})
	}
	if got := decimal(math.Nextafter(0.1, 0), 0.1); got != "0.09999999999999999" {
		t.Errorf("got %s", got)
	}
}

func TestConfidence(t *testing.T) {
	for level, want := range map[float64][2]string{
		0.95: {"0.95", "95"}, 0.975: {"0.975", "97.5"}, LevelsOf(3).Paired: {"0.9833", "98.33"}, 0.988182068: {"0.9881", "98.81"}, 1: {"1", "100"},
	} {
		if got := [2]string{confidence(level), decimalPercent(level)}; got != want {
			t.Errorf("%v is written %v, want %v", level, got, want)
		}
	}
}
