"""Figures of the dossiers (thống kê): counted with each act, put right by reversing, never updated.

A dossier sent here by another system is counted where its citizen filed it, not a second time.
"""
