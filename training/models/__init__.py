"""The networks that training compares, learns from and evaluates."""
