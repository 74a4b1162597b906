"""Where student code runs: a warm zygote in a sandbox that forks an isolated process for each submission."""
