"""The tests of `benchmarks`: figures that are wrong would convince nobody twice."""
