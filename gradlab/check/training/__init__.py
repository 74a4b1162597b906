"""The checks of lab 05_descent."""

__all__: list[str] = []
