"""Draws facts and outcomes as Block Kit: pure functions over what they are handed."""
