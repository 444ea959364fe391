"""What is put into a workspace when it is opened, the demo company, and how a company grows into the product."""

from crm_core.setup.actions.demo import demo_members, demo_workspace, load_demo
from crm_core.setup.actions.growing import GROW, answer, begin, skip
from crm_core.setup.actions.packs import apply_pack
from crm_core.setup.actions.seeding import Owner, rights_of, seed

__all__ = [
    "GROW",
    "Owner",
    "answer",
    "apply_pack",
    "begin",
    "demo_members",
    "demo_workspace",
    "load_demo",
    "rights_of",
    "seed",
    "skip",
]
