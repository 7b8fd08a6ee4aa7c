"""The pages after a return: a module for the person at home, the plan, a line of it, and the interview."""
