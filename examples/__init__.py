"""Short clips of each instrument, played from our own notes."""
