"""How an example of a property leaves the database as it found it."""


class Undo(Exception):
    """Takes an example's work back."""
