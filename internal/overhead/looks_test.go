package overhead

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLooks(t *testing.T) {
	for name, test := range map[string]struct {
		iterations, maximum int32
		want                []int32
	}{
		"without extension there is one":                       {20, 20, []int32{20}},
		"a maximum below the iterations extends nothing":       {20, 10, []int32{20}},
		"no maximum extends nothing":                           {20, 0, []int32{20}},
		"they double":                                          {20, 80, []int32{20, 40, 80}},
		"the last one is the maximum":                          {20, 100, []int32{20, 40, 80, 100}},
		"one pair more is a look":                              {20, 21, []int32{20, 21}},
		"the most that can be asked for":                       {20, 500, []int32{20, 40, 80, 160, 320, 500}},
		"numbers that do not fit are not reached":              {math.MaxInt32 - 1, math.MaxInt32, []int32{math.MaxInt32 - 1, math.MaxInt32}},
		"a benchmark of nothing, which the API server refuses": {0, 2, []int32{1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			if difference := cmp.Diff(test.want, Looks(test.iterations, test.maximum)); difference != "" {
				t.Error(difference)
			}
		})
	}
}

func TestEveryLookHasItsShareOfTheErrors(t *testing.T) {
	for looks, want := range map[int]Levels{
		0: {Paired: 0.95, Median: 0.98},
		1: {Paired: 0.95, Median: 0.98},
		2: {Paired: 0.975, Median: 0.99},
		4: {Paired: 0.9875, Median: 0.995},
	} {
		if got := LevelsOf(looks); got != want {
			t.Errorf("%d looks have the levels %v, want %v", looks, got, want)
		}
	}
}

func TestHowManyPairsAreMadeUpFor(t *testing.T) {
	for name, test := range map[string]struct{ iterations, want int32 }{
		"two at least":                   {2, 4},
		"two are a quarter":              {8, 10},
		"a quarter":                      {20, 25},
		"no more than there may be":      {450, 500},
		"none where there is no room":    {500, 500},
		"nobody can ask for more anyway": {600, 600},
	} {
		t.Run(name, func(t *testing.T) {
			if got := mostOf(test.iterations); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}
