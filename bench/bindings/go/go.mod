module example.org/bench

go 1.23

require (
	freshet v0.0.0
	github.com/ebitengine/purego v0.10.2
)

replace freshet => ../../../bindings/go
