// Package resultwire answers: what do the runner and the strategy's process say to each other once the process is
// sealed, and which bytes say it? It reads bytes written by untrusted code, so every length is checked against a cap
// before it is believed and nothing is ever unpickled or evaluated. It refuses to know what a position means.
//
// A frame is a header of 24 bytes, a JSON document and a payload; all numbers are little-endian:
//
//	0   4  "SBF1"
//	4   1  kind
//	5   3  zero
//	8   4  length of the JSON document
//	12  4  zero
//	16  8  length of the payload
//
// runner/stratbox_runner/wire.py is the other end; testdata holds frames that both ends are tested against.
package resultwire

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unsafe"
)

// Kind says what a frame is.
type Kind byte

// Frames from the runner to the strategy's process.
const (
	// KindTask carries a Task; the payload is the source.
	KindTask Kind = 1
	// KindStats answers KindSim with the metrics.
	KindStats Kind = 2
	// KindRefused answers KindSim with a Refusal.
	KindRefused Kind = 3
)

// Frames from the strategy's process to the runner.
const (
	// KindGate tells what the gate found: exactly one, before any strategy code runs.
	KindGate Kind = 16
	// KindSim asks for the score of a position table in the middle of a strategy.
	KindSim Kind = 17
	// KindResult is the strategy's final position table and its trading options.
	KindResult Kind = 18
	// KindInvalid says that what the strategy left cannot be a position table, and why.
	KindInvalid Kind = 19
	// KindError says that the strategy raised an exception.
	KindError Kind = 20
)

// MaxDocumentBytes is the cap on a frame's JSON document.
const MaxDocumentBytes = 64 << 10

const (
	magic      = "SBF1"
	headerSize = 24
)

// ErrMalformed marks every error about the bytes themselves, as opposed to a pipe that ended or timed out.
var ErrMalformed = errors.New("malformed frame")

// Frame is one message.
type Frame struct {
	Kind     Kind
	Document []byte
	// Payload starts at an address divisible by 8, so that tables in it can be viewed in place.
	Payload []byte
}

// Decode reads the frame's JSON document into v. Unknown fields are refused.
func (f Frame) Decode(v any) error {
	decoder := json.NewDecoder(bytes.NewReader(f.Document))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if decoder.More() {
		return fmt.Errorf("%w: the document is followed by something else", ErrMalformed)
	}
	return nil
}

// Read reads one frame whose payload has at most maxPayload bytes. It returns io.EOF when the stream ends between
// two frames and io.ErrUnexpectedEOF when it ends inside one.
func Read(r io.Reader, maxPayload int64) (Frame, error) {
	var header [headerSize]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return Frame{}, err
	}
	document := binary.LittleEndian.Uint32(header[8:])
	payload := binary.LittleEndian.Uint64(header[16:])
	switch {
	case string(header[:4]) != magic:
		return Frame{}, fmt.Errorf("%w: it does not start with %s", ErrMalformed, magic)
	case header[5]|header[6]|header[7]|header[12]|header[13]|header[14]|header[15] != 0:
		return Frame{}, fmt.Errorf("%w: reserved bytes are not zero", ErrMalformed)
	case document > MaxDocumentBytes:
		return Frame{}, fmt.Errorf("%w: a document of %d bytes, at most %d are allowed", ErrMalformed, document, MaxDocumentBytes)
	case payload > uint64(max(maxPayload, 0)):
		return Frame{}, &TooLargeError{Bytes: payload, Max: maxPayload}
	}
	f := Frame{Kind: Kind(header[4]), Document: make([]byte, document), Payload: aligned(int(payload))}
	if err := readBody(r, f.Document); err != nil {
		return Frame{}, err
	}
	if err := readBody(r, f.Payload); err != nil {
		return Frame{}, err
	}
	return f, nil
}

// TooLargeError says that a payload is larger than any position table for the dataset can be.
type TooLargeError struct {
	Bytes uint64
	Max   int64
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("a payload of %d bytes, at most %d are allowed", e.Bytes, e.Max)
}

func readBody(r io.Reader, b []byte) error {
	_, err := io.ReadFull(r, b)
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// Write writes one frame with document as JSON.
func Write(w io.Writer, kind Kind, document any, payload []byte) error {
	text, err := json.Marshal(document)
	if err != nil {
		return fmt.Errorf("encode frame: %w", err)
	}
	if len(text) > MaxDocumentBytes {
		return fmt.Errorf("encode frame: a document of %d bytes, at most %d are allowed", len(text), MaxDocumentBytes)
	}
	header := make([]byte, headerSize, headerSize+len(text))
	copy(header, magic)
	header[4] = byte(kind)
	binary.LittleEndian.PutUint32(header[8:], uint32(len(text)))
	binary.LittleEndian.PutUint64(header[16:], uint64(len(payload)))
	if _, err := w.Write(append(header, text...)); err != nil {
		return fmt.Errorf("write frame: %w", err)
	}
	if _, err := w.Write(payload); err != nil {
		return fmt.Errorf("write frame: %w", err)
	}
	return nil
}

// aligned returns n zero bytes at an address divisible by 8.
func aligned(n int) []byte {
	if n == 0 {
		return []byte{}
	}
	words := make([]uint64, (n+7)/8)
	return unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), n)
}
