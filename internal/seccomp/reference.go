package seccomp

import (
	"fmt"
	"strings"
)

// Reference returns docs/syscalls.md: the policy as tables for people.
func (p Policy) Reference() string {
	var b strings.Builder
	b.WriteString(`<!-- Generated from internal/seccomp/policy.yaml by "go generate ./internal/seccomp"; do not edit. -->
# What a sealed strategy may call

These are the rules of wall 2, the filter that a strategy's process loads just before strategy code runs. The filter sees
the numbers in a call's arguments. It never sees the memory behind a pointer, so no rule depends on it.

A call has exactly one of three fates:

1. **Allowed**: it stands in the first table and its condition holds.
2. **Quietly refused**: it stands in the second table and its condition holds. Honest strategies cause these.
3. **A violation**: every other call, of every interface of the kernel. It is not executed. It is answered EPERM, and its name, count and first time are
   recorded on the run, which ends as ` + "`SecurityViolation`" + `.

Descriptors: 1 and 2 are the strategy's output, 3 was the control socket and is closed, 4 takes requests and results to the runner,
5 brings its replies. Nothing else is open.

## Allowed

| calls | if | why |
| --- | --- | --- |
`)
	for _, r := range p.Allow {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", r.names(), r.conditions(), r.Why)
	}
	b.WriteString("\n## Quietly refused\n\n| calls | if | answer | why |\n| --- | --- | --- | --- |\n")
	for _, r := range p.Quiet {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.names(), r.conditions(), r.Errno, r.Why)
	}
	b.WriteString(`
` + "`clone3`" + ` asking for a plain thread is quietly answered ENOSYS, because its flags are in memory: the C library then asks with ` + "`clone`" + `, whose flags the
filter can see. Any other use of ` + "`clone3`" + ` is a violation.

## Violations

Everything else. How a call is named on the run:

| name | what it was |
| --- | --- |
| ` + "`openat`" + ` | a call of the node's own interface |
| ` + "`i386:getpid`" + `, ` + "`x32:getpid`" + `, ` + "`arm:getpid`" + ` | a call through an older interface of the same processor; harmless or not, no honest strategy makes one |
| ` + "`syscall_9999`" + ` | a number that has no name yet |

Newer kernels let two calls past every seccomp filter, because they plant them into traced programs themselves: ` + "`uretprobe`" + ` ends a process
that makes it with SIGILL, ` + "`uprobe`" + ` does nothing.

Calls that stand above count as violations when their condition does not hold, for example ` + "`mmap`" + ` of executable memory, ` + "`write`" + ` to any other
descriptor, or ` + "`clone`" + ` of a new process.
`)
	return b.String()
}

func (r Rule) names() string {
	return "`" + strings.Join(r.Calls, "` `") + "`"
}

func (r Rule) conditions() string {
	if len(r.When) == 0 {
		return "always"
	}
	var parts []string
	for _, c := range r.When {
		parts = append(parts, c.String())
	}
	return strings.Join(parts, " and ")
}

// String writes the condition for people, in a cell of a table.
func (c Condition) String() string {
	verb, values := "is", c.Equals
	if len(c.Lacks) > 0 {
		verb, values = "lacks", c.Lacks
	}
	var texts []string
	for _, v := range values {
		texts = append(texts, "`"+strings.ReplaceAll(v.Text, "|", `\|`)+"`")
	}
	return c.Name + " " + verb + " " + strings.Join(texts, " or ")
}
