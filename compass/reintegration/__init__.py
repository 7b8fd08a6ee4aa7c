"""Reintegration: reception at home, a plan that says what it should change, whether it did, and how life is."""
