"""What the formula language costs, and against whom: run with `make bench-policy`. Not shipped."""
