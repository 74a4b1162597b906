"""Where student code runs: a warm zygote inside bubblewrap that forks a walled-in process for each submission."""
