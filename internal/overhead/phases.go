package overhead

// phaseTimes are the parts of an iteration in the order in which they happen. Other is what they leave of submit to
// verdict: the API server, the manager and the watches between them. End comes after the verdict.
var phaseTimes = []struct {
	name  string
	taken func(*Times) *int64
}{
	{"queue", func(t *Times) *int64 { return &t.Queue }},
	{"start", func(t *Times) *int64 { return &t.Start }},
	{"imports", func(t *Times) *int64 { return &t.Imports }},
	{"data", func(t *Times) *int64 { return &t.Data }},
	{"seal", func(t *Times) *int64 { return &t.Seal }},
	{"gate", func(t *Times) *int64 { return &t.Gate }},
	{"execution", func(t *Times) *int64 { return &t.Execution }},
	{"scoring", func(t *Times) *int64 { return &t.Scoring }},
	{"other", (*Times).other},
	{"end", func(t *Times) *int64 { return t.End }},
}

func (t *Times) other() *int64 {
	rest := t.Total - t.Queue - t.Start - t.Imports - t.Data - t.Seal - t.Gate - t.Execution - t.Scoring
	return &rest
}

// phases are the means over pairs. A half that has no such time, as one whose Pod nobody saw go, is not among those
// that the mean is of.
func phases(pairs []*Pair) []Phase {
	means := make([]Phase, 0, len(phaseTimes))
	for _, phase := range phaseTimes {
		mean := func(half func(*Pair) *Half) *float64 {
			var sum, count float64
			for _, pair := range pairs {
				if taken := phase.taken(&half(pair).Times); taken != nil {
					sum += float64(*taken)
					count++
				}
			}
			if count == 0 {
				return nil
			}
			value := sum / count
			return &value
		}
		means = append(means, Phase{Name: phase.name, SandboxMillis: mean(sandboxed), BaselineMillis: mean(unsandboxed)})
	}
	return means
}
