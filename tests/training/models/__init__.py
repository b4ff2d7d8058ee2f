"""Tests of other models."""
