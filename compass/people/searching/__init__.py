"""Search over sealed names: what is kept of them, how people are found again, and how often that may be asked."""
