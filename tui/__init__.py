"""hlt-tui: the terminal app that shows a training run, step by step, as live panels."""
