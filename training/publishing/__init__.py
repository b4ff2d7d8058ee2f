"""From an evaluated model to the Hub."""
