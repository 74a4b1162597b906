"""The checks of lab 04_jacobians."""

__all__: list[str] = []
