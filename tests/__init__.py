"""The tests, in the wings of what they test."""
