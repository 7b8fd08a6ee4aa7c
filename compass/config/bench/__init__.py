"""Measurements behind `compass bench`. Each returns figures; nothing here asserts a time."""
