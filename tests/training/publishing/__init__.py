"""Tests of what is published, and how."""
