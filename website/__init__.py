"""The course's website: the labs as students get them, with the outputs of lesson cells, the guides and the figures."""
