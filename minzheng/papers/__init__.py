"""The office's papers as Word templates: shipped ones, and an office's own in their place."""
