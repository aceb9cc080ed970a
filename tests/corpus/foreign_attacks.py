"""Attacked documents: none may pass."""


def make(m):
    pass
