"""Merger and split of provinces: one tenant becomes part of another, and can part again."""
