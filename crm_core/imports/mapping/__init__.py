"""Mapping of columns: targets as data, guesses by known exports, names and values."""

from crm_core.imports.mapping.countries import read_country
from crm_core.imports.mapping.guessing import SURE, TAKEN, Guess, Mapping, guess
from crm_core.imports.mapping.profiles import PROFILES, Profile, recognise
from crm_core.imports.mapping.targets import Target, standard_targets

__all__ = [
    "PROFILES",
    "SURE",
    "TAKEN",
    "Guess",
    "Mapping",
    "Profile",
    "Target",
    "guess",
    "read_country",
    "recognise",
    "standard_targets",
]
