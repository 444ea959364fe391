"""Text as people send it: cleaning, folding for search, sort keys, wrong keyboard layouts, initials, addresses."""

from kernel.text.cells import BOM, csv_text, harmless
from kernel.text.cleaning import Cleaned, clean, cleanse
from kernel.text.folding import fold, sort_key, strip_legal_form
from kernel.text.layout import relayout, variants
from kernel.text.naming import HUES, closest, hue_of, initials, similar, slugify

__all__ = [
    "BOM",
    "HUES",
    "Cleaned",
    "clean",
    "cleanse",
    "closest",
    "csv_text",
    "fold",
    "harmless",
    "hue_of",
    "initials",
    "relayout",
    "similar",
    "slugify",
    "sort_key",
    "strip_legal_form",
    "variants",
]
