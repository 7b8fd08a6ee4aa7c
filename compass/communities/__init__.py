"""Communities: places, what people there need, how neighbours chose a project, and what became of it."""
