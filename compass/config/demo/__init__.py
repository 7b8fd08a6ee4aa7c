"""The demonstration: an invented programme that looks like the real one and holds no real person."""
