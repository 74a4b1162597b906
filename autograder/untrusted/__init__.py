"""What a student or a learning platform wrote, read within bounds: files, file names, notebooks, metadata, HTML."""
