"""The basin map of lab 06: from every point of a square a descent, coloured by the valley in which it ends.

``python -m gradlab.basins --help`` draws one into a file.
"""

from gradlab.basins.descents import Basins, Share, settle, shares
from gradlab.basins.pictures import Picture, picture

__all__ = ["Basins", "Picture", "Share", "picture", "settle", "shares"]
