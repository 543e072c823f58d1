"""The shipped papers as they are laid out, one function each, in files by what they are about."""
