"""An nbgrader course on disk: its configuration, its labs, and what was submitted to it."""
