"""Finding records of one person: pure functions on `Record`, with no Django and no database."""
