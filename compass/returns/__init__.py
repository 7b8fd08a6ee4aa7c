"""Assisted voluntary return: a free and informed decision, checked by a second person, that can be taken back until departure."""
