package overhead

import "testing"

func TestTheSameSeedAndPairGiveTheSameOrder(t *testing.T) {
	// These values are what benchmarks under way were started with: a change would tear their pairs apart.
	want := "BBBBBSBSBSBSBSBBBSBB"
	got := ""
	for pair := range int32(20) {
		if Order(42, pair) {
			got += "S"
		} else {
			got += "B"
		}
	}
	if got != want {
		t.Errorf("the order of seed 42 is %s, want %s", got, want)
	}
}

func TestOrderIsBalanced(t *testing.T) {
	const seeds, pairs = 2000, 20
	total, changes := 0, 0
	extreme := 0
	for seed := range int64(seeds) {
		first := 0
		for pair := range int32(pairs) {
			if Order(seed, pair) {
				first++
			}
			if pair > 0 && Order(seed, pair) != Order(seed, pair-1) {
				changes++
			}
		}
		total += first
		if first < 4 || first > 16 {
			extreme++
		}
	}
	// Five standard deviations of a fair coin.
	if share := float64(total) / (seeds * pairs); share < 0.4875 || share > 0.5125 {
		t.Errorf("the sandbox is first in %.4f of all pairs", share)
	}
	if share := float64(changes) / (seeds * (pairs - 1)); share < 0.487 || share > 0.513 {
		t.Errorf("%.4f of all pairs have another order than the one before", share)
	}
	// A fair coin gives fewer than 4 or more than 16 of 20 in 0.26 % of all cases.
	if extreme > seeds/100 {
		t.Errorf("%d of %d seeds have hardly any pair of one order", extreme, seeds)
	}
}

func TestNeighbouringSeedsHaveTheirOwnOrder(t *testing.T) {
	const pairs = 2000
	for _, other := range []int64{1, 2, 1 << 32, 1<<63 - 1} {
		same := 0
		for pair := range int32(pairs) {
			if Order(0, pair) == Order(other, pair) {
				same++
			}
		}
		if same < pairs*45/100 || same > pairs*55/100 {
			t.Errorf("seeds 0 and %d agree on %d of %d pairs", other, same, pairs)
		}
	}
}
