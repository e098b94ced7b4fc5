package seccomp

import (
	"encoding/binary"
	"fmt"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// Offsets into the kernel's struct seccomp_data: nr, arch, instruction pointer, then six 64-bit arguments.
const (
	offsetNr   = 0
	offsetArch = 4
	offsetArgs = 16
)

// maxInstructions is the kernel's cap on a filter, BPF_MAXINSNS.
const maxInstructions = 4096

// Actions a filter returns.
const (
	actionAllow  = unix.SECCOMP_RET_ALLOW
	actionReport = unix.SECCOMP_RET_USER_NOTIF
	actionErrno  = unix.SECCOMP_RET_ERRNO
)

// Assemble returns the policy as a BPF program: an array of the kernel's struct sock_filter, ready to be loaded
// with seccomp(SECCOMP_SET_MODE_FILTER).
func (p Policy) Assemble(a Arch) ([]byte, error) {
	instructions, err := p.instructions(a)
	if err != nil {
		return nil, fmt.Errorf("assemble seccomp policy for %s: %w", a.GOARCH, err)
	}
	raw, err := bpf.Assemble(instructions)
	if err != nil {
		return nil, fmt.Errorf("assemble seccomp policy for %s: %w", a.GOARCH, err)
	}
	program := make([]byte, 0, 8*len(raw))
	for _, in := range raw {
		program = binary.NativeEndian.AppendUint16(program, in.Op)
		program = append(program, in.Jt, in.Jf)
		program = binary.NativeEndian.AppendUint32(program, in.K)
	}
	return program, nil
}

// instructions lays the policy out as blocks. A block tests the number of one call and always ends in a return, so that
// no block relies on what an earlier one left in the accumulator and every jump stays within its block.
func (p Policy) instructions(a Arch) ([]bpf.Instruction, error) {
	program := []bpf.Instruction{
		load(offsetArch),
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(a.native.ID), SkipTrue: 1},
		bpf.RetConstant{Val: actionReport},
		load(offsetNr),
	}
	if a.GOARCH == AMD64.GOARCH {
		program = append(program,
			bpf.JumpIf{Cond: bpf.JumpLessThan, Val: x32Bit, SkipTrue: 1},
			bpf.RetConstant{Val: actionReport})
	}
	for _, r := range p.Allow {
		if err := r.appendTo(&program, a, actionAllow); err != nil {
			return nil, err
		}
	}
	for _, r := range p.Quiet {
		if err := r.appendTo(&program, a, actionErrno|uint32(r.Errno)); err != nil {
			return nil, err
		}
	}
	program = append(program, bpf.RetConstant{Val: actionReport})
	if len(program) > maxInstructions {
		return nil, fmt.Errorf("%d instructions, the kernel takes at most %d", len(program), maxInstructions)
	}
	return program, nil
}

func (r Rule) appendTo(program *[]bpf.Instruction, a Arch, action uint32) error {
	var body []bpf.Instruction
	for _, c := range r.When {
		body = c.appendTo(body)
	}
	body = append(body, bpf.RetConstant{Val: action})
	if len(body) > 255 {
		return fmt.Errorf("rule for %s: its conditions take %d instructions, a jump reaches 255", r.Calls[0], len(body))
	}
	for _, name := range r.Calls {
		nr, ok := a.number(name)
		if !ok {
			continue
		}
		*program = append(*program, bpf.JumpIf{Cond: bpf.JumpEqual, Val: nr, SkipFalse: uint8(len(body))})
		*program = append(*program, body...)
	}
	return nil
}

// appendTo adds instructions that fall through if the condition holds and return actionReport if not. Arguments have
// 64 bits and the machine of BPF 32, so both halves are compared; both architectures are little-endian.
func (c Condition) appendTo(body []bpf.Instruction) []bpf.Instruction {
	low := offsetArgs + 8*c.Argument
	high := low + 4
	if len(c.Lacks) > 0 {
		var mask uint64
		for _, v := range c.Lacks {
			mask |= v.Bits
		}
		for _, half := range []struct{ offset, bits uint32 }{{low, uint32(mask)}, {high, uint32(mask >> 32)}} {
			if half.bits != 0 {
				body = append(body, load(half.offset),
					bpf.JumpIf{Cond: bpf.JumpBitsNotSet, Val: half.bits, SkipTrue: 1},
					bpf.RetConstant{Val: actionReport})
			}
		}
		return body
	}
	// Each value is four instructions: load and compare the high half, load and compare the low half. A match jumps
	// over the values left and the final return.
	for i, v := range c.Equals {
		rest := 4*(len(c.Equals)-i-1) + 1
		body = append(body,
			load(high), bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(v.Bits >> 32), SkipFalse: 2},
			load(low), bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(v.Bits), SkipTrue: uint8(rest)})
	}
	return append(body, bpf.RetConstant{Val: actionReport})
}

func load(offset uint32) bpf.Instruction { return bpf.LoadAbsolute{Off: offset, Size: 4} }
