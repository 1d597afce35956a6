module example.org/bench

go 1.23

require freshet v0.0.0

replace freshet => ../../../bindings/go
