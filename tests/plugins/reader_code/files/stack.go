// Package stack is a stack of things.
package stack

import "fmt"

const limit = 10

// Stack is last in, first out.
type Stack[T any] struct {
	items []T // all of them
}

type (
	// Item is one.
	Item int
	Other = string
)

// Push puts one on top.
func (s *Stack[T]) Push(item T) {
	s.items = append(s.items, item)
}

// New makes one.
func New() *Stack[int] {
	return &Stack[int]{}
} // the end

var _ = fmt.Sprint
