package overhead

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Keys of the ConfigMap that holds Samples: exactly one of the two is set.
const (
	// SamplesKey in data holds them as they are.
	SamplesKey = "samples.json"
	// CompressedSamplesKey in binaryData holds them compressed with gzip.
	CompressedSamplesKey = "samples.json.gz"
)

const (
	// maxPlainBytes is how large samples are kept readable: a ConfigMap holds 1 MiB in all.
	maxPlainBytes = 256 << 10
	// maxDecodedBytes is what samples may grow to when decompressed: far more than 500 pairs have, and little enough
	// that a ConfigMap somebody else wrote does not exhaust the reader's memory.
	maxDecodedBytes = 16 << 20
)

// Encode writes samples as the data and binaryData of a ConfigMap; one of the two is nil. The same samples give the same bytes.
func Encode(samples *Samples) (data map[string]string, binaryData map[string][]byte, err error) {
	encoded, err := json.Marshal(samples)
	if err != nil {
		return nil, nil, fmt.Errorf("encode samples: %w", err)
	}
	if len(encoded) > maxDecodedBytes {
		return nil, nil, fmt.Errorf("encode samples: %d bytes are more than the %d that can be read back", len(encoded), maxDecodedBytes)
	}
	if len(encoded) <= maxPlainBytes {
		return map[string]string{SamplesKey: string(encoded)}, nil, nil
	}
	var compressed bytes.Buffer
	writer := gzip.NewWriter(&compressed)
	_, err = writer.Write(encoded)
	if err := errors.Join(err, writer.Close()); err != nil {
		return nil, nil, fmt.Errorf("compress samples: %w", err)
	}
	return nil, map[string][]byte{CompressedSamplesKey: compressed.Bytes()}, nil
}

// Decode reads what Encode wrote. It refuses samples of another version, and those that take more than 16 MiB.
func Decode(data map[string]string, binaryData map[string][]byte) (*Samples, error) {
	plain, isPlain := data[SamplesKey]
	compressed, isCompressed := binaryData[CompressedSamplesKey]
	var encoded []byte
	switch {
	case isPlain && isCompressed:
		return nil, fmt.Errorf("read samples: both %s and %s are set", SamplesKey, CompressedSamplesKey)
	case isPlain:
		encoded = []byte(plain)
	case isCompressed:
		var err error
		if encoded, err = decompress(compressed); err != nil {
			return nil, fmt.Errorf("read %s: %w", CompressedSamplesKey, err)
		}
	default:
		return nil, fmt.Errorf("read samples: neither %s nor %s is set", SamplesKey, CompressedSamplesKey)
	}
	var samples Samples
	if err := json.Unmarshal(encoded, &samples); err != nil {
		return nil, fmt.Errorf("read samples: %w", err)
	}
	if samples.Version != SamplesVersion {
		return nil, fmt.Errorf("read samples: they have version %d; this program reads version %d", samples.Version, SamplesVersion)
	}
	return &samples, nil
}

func decompress(compressed []byte) ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		return nil, err
	}
	encoded, err := io.ReadAll(io.LimitReader(reader, maxDecodedBytes+1))
	if err != nil {
		return nil, err
	}
	if len(encoded) > maxDecodedBytes {
		return nil, fmt.Errorf("more than %d bytes when decompressed", maxDecodedBytes)
	}
	return encoded, nil
}
