module example.org/handbook

go 1.23

require freshet v0.0.0

require github.com/ebitengine/purego v0.10.2 // indirect

replace freshet => ../../../bindings/go
