"""Numbers and tables as the report prints them."""

from collections.abc import Sequence


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of Markdown; all columns but the first are numbers."""
    rule = ["---", *["---:"] * (len(heads) - 1)]
    return [f"| {' | '.join(cells)} |" for cells in (heads, rule, *rows)]


def number(value: float) -> str:
    return f"{value:,.0f}"


def seconds(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:.2f}"


def spread(values: Sequence[float]) -> str:
    return f"{seconds(min(values))}–{seconds(max(values))}"


def billions(value: float) -> str:
    """Bytes in GB."""
    return f"{value / 1e9:.2f}"
