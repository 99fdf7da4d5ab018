module jevent-benchmarks

go 1.19
