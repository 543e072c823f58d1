"""What a family lives on, in its own words, made into the declared income of a year.

`told` is what was said (lines, workers, supporters living apart); `working` (reads, writes nothing) applies the laws of
means (`policies/income`, `imputed_labour`, `family_support`) line by line; `likely` says what an application would
probably give; `actions.declare` keeps it: a statement, its paper, and the declared facts that rest on it.
"""
