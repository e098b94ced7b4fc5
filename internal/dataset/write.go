package dataset

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"unsafe"
)

// Layout says what a new dataset holds. All tables are Float64.
type Layout struct {
	Name    string
	Dates   []int32
	Symbols []string
	Roles   map[string]string
	Keys    []string // one table each, in the order Append numbers them
}

// Writer streams a new dataset into a folder. The manifest is written last: a folder without one is unfinished.
type Writer struct {
	dir      string
	manifest Manifest
	keys     []string
	tables   []*npyWriter
}

type npyWriter struct {
	file   *os.File
	buffer *bufio.Writer
	sum    hash.Hash
	left   int64 // values still expected
}

// Create starts a dataset in dir, which must be new or empty. Files are readable by everyone: the sandbox has a uid of its own.
func Create(dir string, layout Layout) (*Writer, error) {
	if err := layout.check(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	if len(entries) > 0 {
		return nil, fmt.Errorf("%s is not empty: choose a new folder, so that no dataset in use is overwritten", dir)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	days, symbols := int64(len(layout.Dates)), int64(len(layout.Symbols))
	w := &Writer{dir: dir, keys: layout.Keys, manifest: Manifest{
		Format: Format, Name: layout.Name, Symbols: layout.Symbols, Roles: layout.Roles, Tables: map[string]File{},
		Dates: File{File: "dates.npy", DType: Int32, Shape: []int64{days}},
	}}
	for i, key := range layout.Keys {
		name := fmt.Sprintf("table-%03d.npy", i)
		w.manifest.Tables[key] = File{File: name, DType: Float64, Shape: []int64{days, symbols}}
		t, err := newNpyWriter(filepath.Join(dir, name), days*symbols, npyHeaderBytes(Float64, days, symbols))
		if err != nil {
			return nil, errors.Join(err, w.Abort())
		}
		w.tables = append(w.tables, t)
	}
	if err := w.writeDates(layout.Dates); err != nil {
		return nil, errors.Join(err, w.Abort())
	}
	return w, nil
}

func (l Layout) check() error {
	for i := 1; i < len(l.Dates); i++ {
		if l.Dates[i] <= l.Dates[i-1] {
			return fmt.Errorf("date %s does not come after %s", FormatDay(l.Dates[i]), FormatDay(l.Dates[i-1]))
		}
	}
	if err := (&Manifest{Symbols: l.Symbols}).validateSymbols(); err != nil {
		return err
	}
	if err := checkText("name", l.Name); err != nil {
		return err
	}
	seen := make(map[string]bool, len(l.Keys))
	for _, key := range l.Keys {
		if err := checkText("table key", key); err != nil {
			return err
		}
		if seen[key] {
			return fmt.Errorf("table %q appears twice", key)
		}
		seen[key] = true
	}
	return nil
}

func (w *Writer) writeDates(dates []int32) error {
	t, err := newNpyWriter(filepath.Join(w.dir, w.manifest.Dates.File), int64(len(dates)), npyHeaderBytes(Int32, int64(len(dates))))
	if err != nil {
		return err
	}
	if err := t.write(bytesOf(dates), int64(len(dates))); err != nil {
		return errors.Join(err, t.file.Close())
	}
	w.manifest.Dates.SHA256, err = t.finish()
	return err
}

// Append adds values (whole rows, row-major) to table i. Different tables may be appended to at the same time.
func (w *Writer) Append(i int, values []float64) error {
	if err := w.tables[i].write(bytesOf(values), int64(len(values))); err != nil {
		return fmt.Errorf("writing table %q: %w", w.keys[i], err)
	}
	return nil
}

// Finish completes every table, then writes the manifest. It returns the dataset's digest.
func (w *Writer) Finish() (string, error) {
	for i, key := range w.keys {
		sum, err := w.tables[i].finish()
		if err != nil {
			return "", fmt.Errorf("finishing table %q: %w", key, errors.Join(err, w.Abort()))
		}
		f := w.manifest.Tables[key]
		f.SHA256 = sum
		w.manifest.Tables[key] = f
	}
	w.manifest.Digest = w.manifest.computeDigest()
	if err := w.manifest.validate(); err != nil {
		return "", errors.Join(err, w.Abort())
	}
	content, err := json.MarshalIndent(w.manifest, "", " ")
	if err != nil {
		return "", err
	}
	return w.manifest.Digest, writeFile(filepath.Join(w.dir, ManifestFile), append(content, '\n'))
}

// Abort closes and removes the files written so far. The folder stays.
func (w *Writer) Abort() error {
	var err error
	for _, t := range w.tables {
		_ = t.file.Close() // may be closed already
		err = errors.Join(err, os.Remove(t.file.Name()))
	}
	w.tables = nil
	if e := os.Remove(filepath.Join(w.dir, w.manifest.Dates.File)); e != nil && !errors.Is(e, os.ErrNotExist) {
		err = errors.Join(err, e)
	}
	return err
}

func newNpyWriter(path string, values int64, header []byte) (*npyWriter, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	t := &npyWriter{file: f, buffer: bufio.NewWriterSize(f, 1<<20), sum: sha256.New(), left: values}
	if err := errors.Join(f.Chmod(0o644), t.write(header, 0)); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return t, nil
}

func (t *npyWriter) write(data []byte, values int64) error {
	if values > t.left {
		return fmt.Errorf("%d values too many", values-t.left)
	}
	t.left -= values
	t.sum.Write(data)
	_, err := t.buffer.Write(data)
	return err
}

func (t *npyWriter) finish() (string, error) {
	var short error
	if t.left != 0 {
		short = fmt.Errorf("%d values are missing", t.left)
	}
	if err := errors.Join(short, t.buffer.Flush(), t.file.Close()); err != nil {
		return "", err
	}
	return hex.EncodeToString(t.sum.Sum(nil)), nil
}

func writeFile(path string, content []byte) error {
	temporary := path + ".tmp"
	if err := os.WriteFile(temporary, content, 0o644); err != nil {
		return err
	}
	if err := os.Chmod(temporary, 0o644); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

// bytesOf reinterprets numbers as the bytes a little-endian machine keeps them in.
func bytesOf[T int32 | float64](values []T) []byte {
	if len(values) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&values[0])), len(values)*int(unsafe.Sizeof(values[0])))
}
