"""Tests of single tabs."""
