"""Make the extractive reader: data preparation, training, export, evaluation. `python -m training.reader --help`."""
