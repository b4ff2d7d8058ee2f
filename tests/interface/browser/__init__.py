"""Tests of the page's script, most of them in a real browser."""
