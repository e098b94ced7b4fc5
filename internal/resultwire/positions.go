package resultwire

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"unicode/utf8"
	"unsafe"
)

// A position table is the payload of KindSim and KindResult:
//
//	0   4  "POS1"
//	4   4  rows
//	8   4  columns
//	12  4  1: flags, one byte a cell, 0 or 1; 2: weights, a float64 a cell
//	16  4  bytes of the symbols section
//	20  4  zero
//	24     dates: int32 days since 1970-01-01, one a row
//	       symbols: UTF-8, each ended by a line feed, one a column
//	       zero bytes up to a multiple of 8
//	       cells, row by row
const (
	positionsMagic  = "POS1"
	positionsHeader = 24

	cellsFlags   = 1
	cellsWeights = 2

	// maxSymbolBytes bounds one symbol. Stock ids have four to six characters.
	maxSymbolBytes = 64
)

// Positions is a position table as it came over the wire. Exactly one of Flags and Weights is set, row-major.
// Its slices are views on the payload it was parsed from.
type Positions struct {
	Dates   []int32
	Symbols []string
	Flags   []byte
	Weights []float64
}

// Bounds are the largest table that is read.
type Bounds struct{ Rows, Columns int }

// PayloadBytes is the size of the largest payload within the bounds.
func (b Bounds) PayloadBytes() int64 {
	return positionsHeader + int64(b.Rows)*4 + int64(b.Columns)*(maxSymbolBytes+1) + 8 + int64(b.Rows)*int64(b.Columns)*8
}

// ParsePositions reads a position table and checks that all of the payload is accounted for. Its errors are sentences
// that can follow "the position table".
func ParsePositions(payload []byte, bounds Bounds) (Positions, error) {
	if len(payload) < positionsHeader || string(payload[:4]) != positionsMagic {
		return Positions{}, fmt.Errorf("is %w", ErrMalformed)
	}
	rows, columns := binary.LittleEndian.Uint32(payload[4:]), binary.LittleEndian.Uint32(payload[8:])
	cells, names := binary.LittleEndian.Uint32(payload[12:]), binary.LittleEndian.Uint32(payload[16:])
	switch {
	case rows == 0 || columns == 0:
		return Positions{}, fmt.Errorf("is empty: %d rows and %d columns; return one row per date and one column per stock id", rows, columns)
	case uint64(rows) > uint64(bounds.Rows) || uint64(columns) > uint64(bounds.Columns):
		return Positions{}, fmt.Errorf("has %d rows and %d columns; at most %d dates and %d stock ids are possible", rows, columns, bounds.Rows, bounds.Columns)
	case cells != cellsFlags && cells != cellsWeights, binary.LittleEndian.Uint32(payload[20:]) != 0:
		return Positions{}, fmt.Errorf("is %w: unknown kind of cells", ErrMalformed)
	}
	width := uint64(1)
	if cells == cellsWeights {
		width = 8
	}
	namesAt := positionsHeader + 4*uint64(rows)
	namesEnd := namesAt + uint64(names)
	cellsAt := (namesEnd + 7) &^ 7
	if cellsAt+uint64(rows)*uint64(columns)*width != uint64(len(payload)) {
		return Positions{}, fmt.Errorf("is %w: %d bytes do not hold what its header announces", ErrMalformed, len(payload))
	}
	symbols, err := parseSymbols(payload[namesAt:namesEnd], int(columns))
	if err != nil {
		return Positions{}, err
	}
	p := Positions{Dates: view[int32](payload[positionsHeader:namesAt]), Symbols: symbols}
	if cells == cellsFlags {
		p.Flags = payload[cellsAt:]
	} else {
		p.Weights = view[float64](payload[cellsAt:])
	}
	return p, nil
}

func parseSymbols(section []byte, columns int) ([]string, error) {
	lines := bytes.SplitAfter(section, []byte("\n"))
	if len(lines) != columns+1 || len(lines[columns]) != 0 {
		return nil, fmt.Errorf("is %w: its column names do not fit its %d columns", ErrMalformed, columns)
	}
	symbols := make([]string, columns)
	for i := range symbols {
		name := lines[i][:len(lines[i])-1]
		if len(name) > maxSymbolBytes || !utf8.Valid(name) {
			return nil, fmt.Errorf("has a column name that is no stock id (column %d)", i+1)
		}
		symbols[i] = string(name)
	}
	return symbols, nil
}

// AppendPositions appends the table in the layout that ParsePositions reads.
func AppendPositions(b []byte, p Positions) []byte {
	var names []byte
	for _, symbol := range p.Symbols {
		names = append(append(names, symbol...), '\n')
	}
	cells := uint32(cellsWeights)
	if p.Flags != nil {
		cells = cellsFlags
	}
	start := len(b)
	b = append(b, positionsMagic...)
	for _, n := range []uint32{uint32(len(p.Dates)), uint32(len(p.Symbols)), cells, uint32(len(names)), 0} {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	for _, day := range p.Dates {
		b = binary.LittleEndian.AppendUint32(b, uint32(day))
	}
	b = append(b, names...)
	for (len(b)-start)%8 != 0 {
		b = append(b, 0)
	}
	b = append(b, p.Flags...)
	for _, w := range p.Weights {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(w))
	}
	return b
}

// view reads b as numbers in place where its address allows, as it does for every payload that Read returned.
func view[T int32 | float64](b []byte) []T {
	var zero T
	size := int(unsafe.Sizeof(zero))
	if len(b) == 0 {
		return nil
	}
	if uintptr(unsafe.Pointer(&b[0]))%uintptr(size) != 0 {
		moved := aligned(len(b))
		copy(moved, b)
		b = moved
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&b[0])), len(b)/size)
}
