"""The checks of lab 02_chain_rule."""

__all__: list[str] = []
