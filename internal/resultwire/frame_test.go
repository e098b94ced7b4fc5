package resultwire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestFramesKeepTheirForm(t *testing.T) {
	fee := 0.001
	for name, test := range map[string]struct {
		kind     Kind
		document any
		payload  []byte
	}{
		"task": {KindTask, Task{
			Parameters: map[string]string{"window": "120"}, StartDate: "2018-01-02", EndDate: "2024-12-31", FeeRatio: 0.001425, TaxRatio: 0.003,
		}, []byte("position = None\n")},
		"sim":     {KindSim, Options{Resample: "M", FeeRatio: &fee}, AppendPositions(nil, flags())},
		"result":  {KindResult, Options{}, AppendPositions(nil, weights())},
		"gate":    {KindGate, Gate{Rule: "syntax", Line: 3, Column: 7, Message: "correct the syntax", SourceLine: "def (:"}, nil},
		"invalid": {KindInvalid, Refusal{Reason: "the position is a list"}, nil},
		"error":   {KindError, Failure{Type: "KeyError", Message: "'稅'", Line: 12}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := Write(&b, test.kind, test.document, test.payload); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name+".frame")
			if *update {
				if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, b.Bytes()); diff != "" {
				t.Errorf("the Python side reads and writes the golden form (-want +got):\n%s", diff)
			}
			f, err := Read(&b, int64(len(test.payload)))
			if err != nil {
				t.Fatal(err)
			}
			if f.Kind != test.kind || !bytes.Equal(f.Payload, test.payload) {
				t.Errorf("read kind %d with %d bytes, want kind %d with %d", f.Kind, len(f.Payload), test.kind, len(test.payload))
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	var valid bytes.Buffer
	if err := Write(&valid, KindResult, Options{}, []byte("12345678")); err != nil {
		t.Fatal(err)
	}
	changed := func(at int, with ...byte) []byte {
		b := bytes.Clone(valid.Bytes())
		copy(b[at:], with)
		return b
	}
	for name, test := range map[string]struct {
		bytes []byte
		want  error
	}{
		"nothing":                      {nil, io.EOF},
		"half a header":                {valid.Bytes()[:10], io.ErrUnexpectedEOF},
		"a header alone":               {valid.Bytes()[:headerSize], io.ErrUnexpectedEOF},
		"half a document":              {valid.Bytes()[:headerSize+5], io.ErrUnexpectedEOF},
		"half a payload":               {valid.Bytes()[:valid.Len()-1], io.ErrUnexpectedEOF},
		"another magic":                {changed(0, 'x'), ErrMalformed},
		"a reserved byte":              {changed(5, 1), ErrMalformed},
		"the other reserved bytes":     {changed(15, 1), ErrMalformed},
		"a document one byte over":     {changed(8, binary.LittleEndian.AppendUint32(nil, MaxDocumentBytes+1)...), ErrMalformed},
		"a document of four gigabytes": {changed(8, 0xff, 0xff, 0xff, 0xff), ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			if f, err := Read(bytes.NewReader(test.bytes), 8); !errors.Is(err, test.want) {
				t.Errorf("read %+v, error %v, want %v", f, err, test.want)
			}
		})
	}
	for name, announced := range map[string]uint64{"a payload one byte over": 9, "a payload of all memory": 1<<64 - 1} {
		t.Run(name, func(t *testing.T) {
			var tooLarge *TooLargeError
			b := changed(16, binary.LittleEndian.AppendUint64(nil, announced)...)
			if _, err := Read(bytes.NewReader(b), 8); !errors.As(err, &tooLarge) || tooLarge.Bytes != announced || tooLarge.Max != 8 {
				t.Errorf("error %v, want a TooLargeError", err)
			}
		})
	}
}

func TestReadReportsABrokenPipe(t *testing.T) {
	broken := errors.New("broken")
	r := io.MultiReader(bytes.NewReader([]byte(magic)), iotestErr{broken})
	if _, err := Read(r, 8); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
}

type iotestErr struct{ err error }

func (e iotestErr) Read([]byte) (int, error) { return 0, e.err }

// limitedWriter fails after some writes.
type limitedWriter struct{ writes int }

func (w *limitedWriter) Write(b []byte) (int, error) {
	if w.writes--; w.writes < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(b), nil
}

func TestWriteReportsErrors(t *testing.T) {
	for writes := range 2 {
		if err := Write(&limitedWriter{writes}, KindStats, Stats{}, nil); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("after %d writes: error %v, want %v", writes, err, io.ErrClosedPipe)
		}
	}
	if err := Write(io.Discard, KindStats, func() {}, nil); err == nil {
		t.Error("a function was written as a document")
	}
	if err := Write(io.Discard, KindStats, make([]byte, MaxDocumentBytes), nil); err == nil {
		t.Error("a document over the cap was written")
	}
}

func TestDecodeRefuses(t *testing.T) {
	for name, document := range map[string]string{
		"no JSON":          "position",
		"an unknown field": `{"reason":"a","trusted":true}`,
		"two documents":    `{"reason":"a"}{"reason":"b"}`,
		"another type":     `{"reason":1}`,
		"nothing":          "",
	} {
		t.Run(name, func(t *testing.T) {
			var r Refusal
			if err := (Frame{Document: []byte(document)}).Decode(&r); !errors.Is(err, ErrMalformed) {
				t.Errorf("decoded %+v, error %v, want ErrMalformed", r, err)
			}
		})
	}
}

// FuzzRead: no stream makes the reader allocate beyond its caps, and what it accepts is written back the same.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"task", "sim", "result", "gate", "invalid", "error"} {
		golden, err := os.ReadFile(filepath.Join("testdata", name+".frame"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(golden)
	}
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		const limit = 1 << 16
		frame, err := Read(bytes.NewReader(b), limit)
		if err != nil {
			return
		}
		if len(frame.Document) > MaxDocumentBytes || len(frame.Payload) > limit {
			t.Fatalf("read %d and %d bytes", len(frame.Document), len(frame.Payload))
		}
		read := headerSize + len(frame.Document) + len(frame.Payload)
		if !bytes.Equal(b[headerSize:read], append(bytes.Clone(frame.Document), frame.Payload...)) {
			t.Fatal("the frame holds other bytes than the stream")
		}
	})
}
