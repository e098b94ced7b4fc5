package dataset

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// Format is the only format version this package reads and writes.
	Format = "stratbox-dataset/1"
	// ManifestFile is the manifest's name inside a dataset folder.
	ManifestFile = "manifest.json"

	// RoleClose names the table a strategy sees as the traded price.
	RoleClose = "close"
	// RoleAdjClose names the table scoring uses: the price with dividends and splits folded in.
	RoleAdjClose = "adjClose"
)

// Bounds keep a lying manifest from costing more than an error message.
const (
	maxManifestBytes = 16 << 20
	maxDates         = 200_000
	maxSymbols       = 200_000
	maxTables        = 4_096
	maxCells         = 1 << 31
	maxTextRunes     = 200
)

// DType is the element type of a table, in numpy's short spelling.
type DType string

// The element types a table may have.
const (
	Float64 DType = "f8"
	Float32 DType = "f4"
	Int64   DType = "i8"
	Bool    DType = "b1"
	// Int32 is used by the dates file only.
	Int32 DType = "i4"
)

// size is 0 for a dtype the format does not know.
func (t DType) size() int64 {
	switch t {
	case Float64, Int64:
		return 8
	case Float32, Int32:
		return 4
	case Bool:
		return 1
	}
	return 0
}

// File describes one .npy file of a dataset.
type File struct {
	File   string  `json:"file"`
	DType  DType   `json:"dtype"`
	Shape  []int64 `json:"shape"`
	SHA256 string  `json:"sha256"`
}

// Manifest is the content of manifest.json.
type Manifest struct {
	Format  string            `json:"format"`
	Name    string            `json:"name"`
	Digest  string            `json:"digest"`
	Dates   File              `json:"dates"`
	Symbols []string          `json:"symbols"`
	Roles   map[string]string `json:"roles"`
	Tables  map[string]File   `json:"tables"`
}

// ParseManifest reads and validates a manifest; it does not look at any other file.
func ParseManifest(content []byte) (*Manifest, error) {
	if len(content) > maxManifestBytes {
		return nil, fmt.Errorf("%s is %d bytes, the limit is %d", ManifestFile, len(content), maxManifestBytes)
	}
	if !utf8.Valid(content) {
		return nil, fmt.Errorf("%s is not valid UTF-8", ManifestFile)
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	var m Manifest
	if err := decoder.Decode(&m); err != nil {
		return nil, fmt.Errorf("reading %s: %w", ManifestFile, err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, fmt.Errorf("reading %s: more content after the manifest's end", ManifestFile)
	}
	if err := m.validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", ManifestFile, err)
	}
	return &m, nil
}

// Keys lists the table keys in sorted order.
func (m *Manifest) Keys() []string { return slices.Sorted(maps.Keys(m.Tables)) }

func (m *Manifest) validate() error {
	if m.Format != Format {
		return fmt.Errorf("format is %q, this program reads %q", m.Format, Format)
	}
	if err := checkText("name", m.Name); err != nil {
		return err
	}
	if err := m.validateSymbols(); err != nil {
		return err
	}
	if len(m.Dates.Shape) != 1 || m.Dates.Shape[0] < 1 || m.Dates.Shape[0] > maxDates {
		return fmt.Errorf("dates: shape is %v, expected [n] with 1 <= n <= %d", m.Dates.Shape, maxDates)
	}
	if m.Dates.DType != Int32 {
		return fmt.Errorf("dates: dtype is %q, expected %q", m.Dates.DType, Int32)
	}
	if err := checkFile(m.Dates); err != nil {
		return fmt.Errorf("dates: %w", err)
	}
	if err := m.validateTables(); err != nil {
		return err
	}
	if err := m.validateRoles(); err != nil {
		return err
	}
	if want := m.computeDigest(); m.Digest != want {
		return fmt.Errorf("digest is %q but the content's digest is %q: the manifest was changed after it was written", m.Digest, want)
	}
	return nil
}

func (m *Manifest) validateSymbols() error {
	if len(m.Symbols) < 1 || len(m.Symbols) > maxSymbols {
		return fmt.Errorf("%d symbols, expected 1 to %d", len(m.Symbols), maxSymbols)
	}
	seen := make(map[string]bool, len(m.Symbols))
	for i, s := range m.Symbols {
		if err := checkText(fmt.Sprintf("symbol %d", i), s); err != nil {
			return err
		}
		if seen[s] {
			return fmt.Errorf("symbol %q appears twice", s)
		}
		seen[s] = true
	}
	return nil
}

func (m *Manifest) validateTables() error {
	if len(m.Tables) < 1 || len(m.Tables) > maxTables {
		return fmt.Errorf("%d tables, expected 1 to %d", len(m.Tables), maxTables)
	}
	days, symbols := m.Dates.Shape[0], int64(len(m.Symbols))
	if days*symbols > maxCells {
		return fmt.Errorf("%d x %d cells a table, the limit is %d", days, symbols, int64(maxCells))
	}
	owner := map[string]string{m.Dates.File: "dates"}
	for _, key := range m.Keys() {
		f := m.Tables[key]
		if err := checkText("table key", key); err != nil {
			return err
		}
		if err := checkFile(f); err != nil {
			return fmt.Errorf("table %q: %w", key, err)
		}
		if f.DType.size() == 0 || f.DType == Int32 {
			return fmt.Errorf("table %q: dtype is %q, expected f8, f4, i8 or b1", key, f.DType)
		}
		if !slices.Equal(f.Shape, []int64{days, symbols}) {
			return fmt.Errorf("table %q: shape is %v, expected [%d %d] (dates x symbols)", key, f.Shape, days, symbols)
		}
		if other, taken := owner[f.File]; taken {
			return fmt.Errorf("table %q: file %s already belongs to %s", key, f.File, other)
		}
		owner[f.File] = fmt.Sprintf("table %q", key)
	}
	return nil
}

func (m *Manifest) validateRoles() error {
	for _, role := range []string{RoleClose, RoleAdjClose} {
		if _, ok := m.Roles[role]; !ok {
			return fmt.Errorf("roles: %s is missing; name the table that plays it", role)
		}
	}
	for _, role := range slices.Sorted(maps.Keys(m.Roles)) {
		key := m.Roles[role]
		table, ok := m.Tables[key]
		switch {
		case role != RoleClose && role != RoleAdjClose:
			return fmt.Errorf("roles: %q is unknown, expected %s and %s", role, RoleClose, RoleAdjClose)
		case !ok:
			return fmt.Errorf("roles: %s names table %q, which does not exist", role, key)
		case table.DType != Float64:
			return fmt.Errorf("roles: %s names table %q of dtype %s; prices must be %s", role, key, table.DType, Float64)
		}
	}
	return nil
}

// computeDigest hashes the manifest without its digest field, as compact JSON with sorted keys and unescaped text:
// what Python's json.dumps(m, sort_keys=True, separators=(",", ":"), ensure_ascii=False) produces.
func (m *Manifest) computeDigest() string {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	file := func(f File) map[string]any {
		return map[string]any{"file": f.File, "dtype": f.DType, "shape": f.Shape, "sha256": f.SHA256}
	}
	tables := make(map[string]any, len(m.Tables))
	for key, f := range m.Tables {
		tables[key] = file(f)
	}
	// Strings, numbers and maps of them always encode.
	_ = encoder.Encode(map[string]any{
		"format": m.Format, "name": m.Name, "dates": file(m.Dates),
		"symbols": m.Symbols, "roles": m.Roles, "tables": tables,
	})
	sum := sha256.Sum256(bytes.TrimSuffix(buffer.Bytes(), []byte("\n")))
	return "sha256:" + hex.EncodeToString(sum[:])
}

var (
	fileName  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,99}\.npy$`)
	sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

func checkFile(f File) error {
	if !fileName.MatchString(f.File) {
		return fmt.Errorf("file name %q is not allowed: letters, digits, - and _, ending in .npy, no folders", f.File)
	}
	if !sha256Hex.MatchString(f.SHA256) {
		return fmt.Errorf("file %s: sha256 is %q, expected 64 lowercase hex digits", f.File, f.SHA256)
	}
	return nil
}

// checkText keeps names printable on one line, and free of the few characters JSON encoders disagree on,
// so that the digest is the same in every language.
func checkText(what, s string) error {
	switch {
	case s == "":
		return fmt.Errorf("%s is empty", what)
	case utf8.RuneCountInString(s) > maxTextRunes:
		return fmt.Errorf("%s is longer than %d characters", what, maxTextRunes)
	case strings.TrimSpace(s) != s:
		return fmt.Errorf("%s %q begins or ends with a space", what, s)
	case strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsPrint(r) || r == utf8.RuneError
	}):
		return fmt.Errorf("%s %q holds a character that cannot be printed", what, s)
	}
	return nil
}
