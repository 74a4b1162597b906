"""The wall: a judge and a student that share nothing but a pipe of plain data."""
