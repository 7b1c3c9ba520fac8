"""What Citewire is measured by: each module is a command, `python benchmarks/NAME.py --help`."""
