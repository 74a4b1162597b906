"""What a notebook needs besides checks and figures: device, errors with cures, waiting cells, text alternatives."""
