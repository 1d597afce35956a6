module example.org/tour

go 1.23

require freshet v0.0.0

replace freshet => @BINDINGS@
