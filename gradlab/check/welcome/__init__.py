"""The checks of lab 00_welcome."""

__all__: list[str] = []
