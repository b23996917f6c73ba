"""The HTTP face of the emulator: routes, tokens, parameters, bodies and errors as Looker has them."""
