package overhead

import "math/rand/v2"

// orderStream keeps the order of halves apart from anything else that may one day be drawn from the same seed.
const orderStream = 0x6f72646572 // "order"

// Order says which half of a pair comes first. Each pair is decided on its own by a fair coin, so that whatever drifts
// between the halves falls on both modes alike and the pairs remain independent; the same seed and pair give the same
// answer, so a benchmark that is resumed goes on as it would have.
func Order(seed int64, pair int32) (sandboxFirst bool) {
	generator := rand.New(rand.NewPCG(uint64(seed), orderStream^uint64(uint32(pair))<<40))
	return generator.Uint64()>>63 == 1
}
