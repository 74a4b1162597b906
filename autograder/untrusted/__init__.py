"""What a student or a stranger has written, read within bounds: files, names, notebooks, metadata, HTML."""
