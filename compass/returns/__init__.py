"""Assisted voluntary return: a free, informed decision, checked by a second person, open to change until departure."""
