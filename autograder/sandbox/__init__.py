"""Where student code runs: a warm zygote inside bubblewrap that forks an isolated process for each submission."""
