"""From a year's sums back to who was paid what: one module a line, pure functions, deterministic."""
