"""The checks of lab 07_classification."""

__all__: list[str] = []
