"""Mappings that were used once are remembered for files with the same headings."""

from __future__ import annotations

from crm_core.imports.models import Import, RememberedMapping
from kernel.when import now

# What is asked once and holds for the next file of the same kind too.
KEPT = ("existing", "twins", "traits", "order", "owners", "owner", "currency", "pipeline", "stages")


def remember(found: Import) -> None:
    """Keep the mapping and the answers of an import that begins."""
    RememberedMapping(
        signature=found.signature,
        kind=found.kind,
        mapping=found.mapping,
        options={name: found.options[name] for name in KEPT if name in found.options},
        used_at=now(),
    ).save(force_insert=False)


def recall(signature: str) -> RememberedMapping | None:
    """What was said the last time about a file with these headings."""
    return RememberedMapping.objects.filter(signature=signature).first()
