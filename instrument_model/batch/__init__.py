"""Whole collections: a folder of recordings becomes a table."""
