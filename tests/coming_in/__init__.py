"""Data of another system comes in: dirty rows, killed runs, second runs."""
