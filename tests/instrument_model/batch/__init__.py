"""Tests of whole collections."""
