package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"
)

// Dataset is an opened dataset. Its tables are read-only views on mapped memory and die with Close.
type Dataset struct {
	root     *os.Root
	manifest *Manifest
	dates    []int32
	tables   map[string]Table
	mappings [][]byte
	closing  sync.Once
}

// Table is one wide table: a row per date, a column per symbol.
type Table struct {
	key     string
	dtype   DType
	rows    int
	columns int
	data    []byte
}

// Open maps the dataset in dir after checking that manifest, headers and file sizes agree.
// It reads no table content; see Verify.
func Open(dir string) (*Dataset, error) {
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		return nil, errors.New("datasets are little-endian and this machine is not")
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening dataset: %w", err)
	}
	d := &Dataset{root: root, tables: map[string]Table{}}
	if err := d.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("opening dataset %s: %w", dir, err), d.Close())
	}
	return d, nil
}

func (d *Dataset) load() error {
	content, err := d.readManifest()
	if err != nil {
		return err
	}
	if d.manifest, err = ParseManifest(content); err != nil {
		return err
	}
	data, err := d.mapFile(d.manifest.Dates)
	if err != nil {
		return err
	}
	d.dates = view[int32](data)
	for i := 1; i < len(d.dates); i++ {
		if d.dates[i] <= d.dates[i-1] {
			return fmt.Errorf("%s: date %d (%s) does not come after the one before it (%s)",
				d.manifest.Dates.File, i, FormatDay(d.dates[i]), FormatDay(d.dates[i-1]))
		}
	}
	for _, key := range d.manifest.Keys() {
		f := d.manifest.Tables[key]
		data, err := d.mapFile(f)
		if err != nil {
			return fmt.Errorf("table %q: %w", key, err)
		}
		d.tables[key] = Table{key: key, dtype: f.DType, rows: int(f.Shape[0]), columns: int(f.Shape[1]), data: data}
	}
	return nil
}

func (d *Dataset) readManifest() ([]byte, error) {
	f, _, err := d.openRegular(ManifestFile)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	content, err := io.ReadAll(io.LimitReader(f, maxManifestBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", ManifestFile, err)
	}
	return content, nil
}

// openRegular opens a file below the dataset's root and nowhere else. Non-blocking, because opening a named pipe would wait for a
// writer; no symbolic links, as on the Python side.
func (d *Dataset) openRegular(name string) (*os.File, int64, error) {
	if info, err := d.root.Lstat(name); err == nil && !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("%s is not a regular file", name)
	}
	f, err := d.root.OpenFile(name, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", name)
	}
	if err != nil {
		_ = f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// mapFile maps one .npy file and returns the bytes after its header.
func (d *Dataset) mapFile(want File) ([]byte, error) {
	f, size, err := d.openRegular(want.File)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	prefix := make([]byte, min(size, maxHeaderBytes+12))
	if _, err := f.ReadAt(prefix, 0); err != nil {
		return nil, fmt.Errorf("reading the header of %s: %w", want.File, err)
	}
	header, err := parseNpyHeader(prefix)
	if err == nil {
		err = header.check(want, size)
	}
	if err != nil {
		return nil, fmt.Errorf("%s %w", want.File, err)
	}
	mapping, err := unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("mapping %s: %w", want.File, err)
	}
	d.mappings = append(d.mappings, mapping)
	return mapping[header.offset:], nil
}

// Close unmaps everything. Views taken from the dataset must not be used afterwards. Closing twice is harmless.
func (d *Dataset) Close() error {
	var err error
	d.closing.Do(func() {
		for _, m := range d.mappings {
			err = errors.Join(err, unix.Munmap(m))
		}
		d.mappings, d.dates, d.tables = nil, nil, nil
		err = errors.Join(err, d.root.Close())
	})
	return err
}

// Name is what people call the dataset.
func (d *Dataset) Name() string { return d.manifest.Name }

// Digest identifies the dataset's whole content: "sha256:" and 64 hex digits.
func (d *Dataset) Digest() string { return d.manifest.Digest }

// Manifest is what manifest.json says. Read it only.
func (d *Dataset) Manifest() *Manifest { return d.manifest }

// Dates are the days since 1970-01-01 of every table's rows, strictly increasing. Read only.
func (d *Dataset) Dates() []int32 { return d.dates }

// Symbols are the names of every table's columns. Read only.
func (d *Dataset) Symbols() []string { return d.manifest.Symbols }

// Keys lists the tables in sorted order.
func (d *Dataset) Keys() []string { return d.manifest.Keys() }

// Table returns the table of that key.
func (d *Dataset) Table(key string) (Table, error) {
	t, ok := d.tables[key]
	if !ok {
		return Table{}, fmt.Errorf("dataset %s has no table %q", d.manifest.Name, key)
	}
	return t, nil
}

// Role returns the table that plays a role. Every opened dataset has RoleClose and RoleAdjClose, both Float64.
func (d *Dataset) Role(role string) (Table, error) {
	key, ok := d.manifest.Roles[role]
	if !ok {
		return Table{}, fmt.Errorf("dataset %s has no role %q", d.manifest.Name, role)
	}
	return d.Table(key)
}

// Verify reads every file and compares it with its checksum: seconds for gigabytes, on all cores.
func (d *Dataset) Verify() error {
	var group errgroup.Group
	group.SetLimit(8)
	group.Go(func() error { return d.verifyFile(d.manifest.Dates) })
	for _, key := range d.manifest.Keys() {
		group.Go(func() error { return d.verifyFile(d.manifest.Tables[key]) })
	}
	return group.Wait()
}

func (d *Dataset) verifyFile(want File) error {
	f, _, err := d.openRegular(want.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return fmt.Errorf("reading %s: %w", want.File, err)
	}
	if sum := hex.EncodeToString(hash.Sum(nil)); sum != want.SHA256 {
		return fmt.Errorf("%s does not match its checksum: sha256 is %s, the manifest says %s", want.File, sum, want.SHA256)
	}
	return nil
}

// Key is the table's name, "price:收盤價".
func (t Table) Key() string { return t.key }

// DType is the element type.
func (t Table) DType() DType { return t.dtype }

// Float64s is the whole table in row-major order without copying; nil unless the table is Float64.
func (t Table) Float64s() []float64 {
	if t.dtype != Float64 {
		return nil
	}
	return view[float64](t.data)
}

// Row is one date's values without copying; nil unless the table is Float64.
func (t Table) Row(i int) []float64 {
	all := t.Float64s()
	if all == nil {
		return nil
	}
	return all[i*t.columns : (i+1)*t.columns : (i+1)*t.columns]
}

// FormatDay writes days since 1970-01-01 as 2006-01-02.
func FormatDay(day int32) string {
	return time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly)
}

// view reinterprets mapped bytes. The caller has checked length, alignment and byte order.
func view[T int32 | float64](data []byte) []T {
	var zero T
	if len(data) == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&data[0])), len(data)/int(unsafe.Sizeof(zero)))
}
