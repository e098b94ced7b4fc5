package overhead

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

func samplesOf(number int) *Samples {
	samples := &Samples{Version: SamplesVersion, Benchmark: "validation", Seed: 42}
	for i := range number {
		pair := pairOf(i, 4000+int64(i*7919%997), 3000+int64(i*104729%991))
		if i%10 == 9 {
			pair = failed(pair)
			pair.Excluded = &v1alpha1.Exclusion{Pair: ptr.To(int32(i)), Mode: v1alpha1.ModeSandbox, Reason: "OOMKilled", Message: "it ran out of memory"}
		}
		samples.Pairs = append(samples.Pairs, pair)
	}
	return samples
}

func TestSamplesAreReadAsTheyWereWritten(t *testing.T) {
	for name, test := range map[string]struct {
		pairs      int
		compressed bool
	}{
		"no pair yet":                            {pairs: 0},
		"a validation stays readable":            {pairs: 20},
		"as many pairs as there are can be kept": {pairs: 500, compressed: true},
	} {
		t.Run(name, func(t *testing.T) {
			samples := samplesOf(test.pairs)
			data, binaryData, err := Encode(samples)
			if err != nil {
				t.Fatal(err)
			}
			if _, plain := data[SamplesKey]; plain == test.compressed {
				t.Errorf("%s is set: %v", SamplesKey, plain)
			}
			if _, compressed := binaryData[CompressedSamplesKey]; compressed != test.compressed {
				t.Errorf("%s is set: %v", CompressedSamplesKey, compressed)
			}
			if size := len(data[SamplesKey]) + len(binaryData[CompressedSamplesKey]); size > maxPlainBytes {
				t.Errorf("%d pairs take %d bytes in the ConfigMap", test.pairs, size)
			}
			read, err := Decode(data, binaryData)
			if err != nil {
				t.Fatal(err)
			}
			if difference := cmp.Diff(samples, read); difference != "" {
				t.Error(difference)
			}
			again, againBinary, err := Encode(read)
			if err != nil || !cmp.Equal(data, again) || !cmp.Equal(binaryData, againBinary) {
				t.Errorf("the same samples give other bytes (%v)", err)
			}
		})
	}
}

func TestSamplesAreCompressedAboveTheBoundAlone(t *testing.T) {
	empty, _, err := Encode(&Samples{Version: SamplesVersion})
	if err != nil {
		t.Fatal(err)
	}
	fill := maxPlainBytes - len(empty[SamplesKey])
	for length, compressed := range map[int]bool{fill: false, fill + 1: true} {
		_, binaryData, err := Encode(&Samples{Version: SamplesVersion, Benchmark: strings.Repeat("x", length)})
		if err != nil || (binaryData != nil) != compressed {
			t.Errorf("%d bytes are compressed: %v, want %v (%v)", maxPlainBytes-fill+length, binaryData != nil, compressed, err)
		}
	}
}

func TestWhatCouldNotBeReadBackIsNotWritten(t *testing.T) {
	_, _, err := Encode(&Samples{Version: SamplesVersion, Benchmark: strings.Repeat("x", maxDecodedBytes)})
	if err == nil || !strings.Contains(err.Error(), "16777216") {
		t.Errorf("got %v", err)
	}
}

func zipped(t testing.TB, content []byte) []byte {
	t.Helper()
	var compressed bytes.Buffer
	writer := gzip.NewWriter(&compressed)
	if _, err := writer.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return compressed.Bytes()
}

func TestSamplesThatCannotBeReadAreRefused(t *testing.T) {
	small := zipped(t, []byte(`{"version":1}`))
	for name, test := range map[string]struct {
		data       map[string]string
		binaryData map[string][]byte
		want       string
	}{
		"no key":                       {want: "neither samples.json nor samples.json.gz is set"},
		"both keys":                    {map[string]string{SamplesKey: "{}"}, map[string][]byte{CompressedSamplesKey: small}, "both samples.json and samples.json.gz are set"},
		"no JSON":                      {map[string]string{SamplesKey: "pairs"}, nil, "read samples: invalid character"},
		"a time that is no number":     {map[string]string{SamplesKey: `{"version":1,"pairs":[{"sandbox":{"times":{"total":"4s"}}}]}`}, nil, "cannot unmarshal"},
		"no version":                   {map[string]string{SamplesKey: "{}"}, nil, "they have version 0; this program reads version 1"},
		"another version":              {map[string]string{SamplesKey: `{"version":2}`}, nil, "they have version 2; this program reads version 1"},
		"no gzip":                      {nil, map[string][]byte{CompressedSamplesKey: []byte("{}")}, "read samples.json.gz: "},
		"gzip that ends early":         {nil, map[string][]byte{CompressedSamplesKey: small[:len(small)-6]}, "read samples.json.gz: unexpected EOF"},
		"more than memory should hold": {nil, map[string][]byte{CompressedSamplesKey: zipped(t, make([]byte, maxDecodedBytes+1))}, "read samples.json.gz: more than 16777216 bytes when decompressed"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Decode(test.data, test.binaryData)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// Whatever somebody writes into the ConfigMap, reading it ends with samples that can be assessed and written again, or
// with an error.
func FuzzDecode(f *testing.F) {
	data, _, err := Encode(samplesOf(3))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(data[SamplesKey]), false)
	f.Add(zipped(f, []byte(data[SamplesKey])), true)
	f.Add([]byte(`{"version":1,"pairs":[{"pair":-1,"sandbox":{"verdict":"Completed","mode":"Sandbox","times":{"total":9223372036854775807}},`+
		`"baseline":{"verdict":"Completed","mode":"ASTOnly","times":{"total":1,"end":-5}}}]}`), false)
	f.Fuzz(func(t *testing.T, content []byte, compressed bool) {
		data, binaryData := map[string]string{SamplesKey: string(content)}, map[string][]byte(nil)
		if compressed {
			data, binaryData = nil, map[string][]byte{CompressedSamplesKey: content}
		}
		samples, err := Decode(data, binaryData)
		if err != nil {
			return
		}
		assessment := Assess(specOf(func(spec *v1alpha1.BenchmarkSpec) { spec.Iterations = ptr.To(int32(2)) }), passedTests, samples.Pairs)
		if message := tooLong(&assessment); message != "" {
			t.Error(message)
		}
		data, binaryData, err = Encode(samples)
		if err != nil {
			t.Fatalf("samples that were read cannot be written: %v", err)
		}
		again, err := Decode(data, binaryData)
		if err != nil {
			t.Fatalf("samples that were written cannot be read: %v", err)
		}
		if difference := cmp.Diff(samples, again); difference != "" {
			t.Error(difference)
		}
	})
}

// tooLong names a text of an assessment that the API server would refuse.
func tooLong(assessment *Assessment) string {
	texts := map[string]int{assessment.Rationale: 1024}
	for _, estimate := range []*v1alpha1.Estimate{assessment.Statistics.Paired, assessment.Statistics.Median, assessment.Statistics.CPU} {
		if estimate != nil {
			texts[estimate.Percent], texts[estimate.LowerPercent], texts[estimate.UpperPercent] = 32, 32, 32
			texts[estimate.Interval], texts[estimate.Confidence] = 64, 16
		}
	}
	for text, limit := range texts {
		if len(text) > limit {
			return fmt.Sprintf("%q has %d characters, more than %d", text, len(text), limit)
		}
	}
	return ""
}
