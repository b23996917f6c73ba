"""Tests of the effects: real sockets on loopback, real files, real threads; time alone is virtual where it matters."""
