"""Searches on their way: Optuna proposes, the queue trains, the store keeps.

A search asks the queue for one run after another under its own name, so it takes turns with
visitors. Optuna is imported by the first search that begins.
"""

from playground.service.searching.proposing import LEAST_COMPLETE, importances
from playground.service.searching.searches import Searches

__all__ = ["LEAST_COMPLETE", "Searches", "importances"]
