"""What a recording holds: decoded, predicted, merged into stretches, and written as files."""
