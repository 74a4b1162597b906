"""What a notebook needs besides its checks and figures: the device, waiting cells, texts for pictures."""
