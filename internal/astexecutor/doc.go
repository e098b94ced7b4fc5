// Package astexecutor answers: how does the manager have a strategy executed without a Pod? It holds the words that
// manager and executor share, and the manager's client. It refuses to know Kubernetes and the engine; the other side is
// package server below it.
//
// An attempt is named by run and number. Submitting the same attempt again changes nothing, so a manager that does not
// know whether its request arrived just sends it again. Results stay until they are old or too many, so reading one twice
// is safe. All of it lives in the executor's memory: every answer carries the executor's boot, and an attempt that is
// Unknown to another boot than the one that took it was lost with that one.
package astexecutor
