"""Pages about a person: the intake step by step, the person, the summary, the voices of the notice."""
