"""Tests of what visitors see, without a browser."""
