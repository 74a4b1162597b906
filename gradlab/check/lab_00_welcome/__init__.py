"""The checks of lab 00_welcome: two functions of one line."""

from gradlab.check.lab_00_welcome.lines import doubled, square_slope

__all__ = ["doubled", "square_slope"]
