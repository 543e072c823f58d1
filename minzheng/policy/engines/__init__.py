"""One meaning, several engines. `python` is the reference; the others emit for the same typed tree."""
