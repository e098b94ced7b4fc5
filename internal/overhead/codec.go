package overhead

// Keys of the ConfigMap that holds Samples: one of the two is set.
const (
	// SamplesKey in data holds them as they are.
	SamplesKey = "samples.json"
	// CompressedSamplesKey in binaryData holds them compressed.
	CompressedSamplesKey = "samples.json.gz"
)

// Encode writes samples as the data and binaryData of a ConfigMap.
func Encode(samples *Samples) (data map[string]string, binaryData map[string][]byte, err error) {
	return nil, nil, nil
}

// Decode reads what Encode wrote.
func Decode(data map[string]string, binaryData map[string][]byte) (*Samples, error) {
	return nil, nil
}
