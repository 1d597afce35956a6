module freshet

go 1.23
