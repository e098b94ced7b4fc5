package supervise

import (
	"bytes"
	"fmt"
	"os"

	"github.com/stratbox/stratbox/internal/contract"
)

// RecordFile is where the record is kept, which the kubelet reads as the container's termination message. The file is a
// bind mount and cannot be replaced, so each record is one write over the whole of the one before, filled up with
// spaces: whenever the container is killed, the file holds one complete record.
type RecordFile struct {
	file    *os.File
	longest int
}

// OpenRecordFile opens the file at path, and makes it if it is not there.
func OpenRecordFile(path string) (*RecordFile, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open the verdict record: %w", err)
	}
	return &RecordFile{file: file}, nil
}

// Write replaces the record.
func (f *RecordFile) Write(r contract.Record) error {
	text, err := r.Encode()
	if err != nil {
		return err
	}
	f.longest = max(f.longest, len(text))
	text = append(text, bytes.Repeat([]byte(" "), f.longest-len(text))...)
	if _, err := f.file.WriteAt(text, 0); err != nil {
		return fmt.Errorf("write the verdict record: %w", err)
	}
	return nil
}

// Close closes the file.
func (f *RecordFile) Close() error { return f.file.Close() }
