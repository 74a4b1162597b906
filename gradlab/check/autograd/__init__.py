"""The checks of lab 01_autograd."""

__all__: list[str] = []
