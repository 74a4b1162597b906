"""The checks of lab 03_accumulation."""

__all__: list[str] = []
