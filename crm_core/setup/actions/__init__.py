"""What is put into a workspace when it is opened, and the demo company."""

from crm_core.setup.actions.demo import demo_members, demo_workspace, load_demo
from crm_core.setup.actions.seeding import Owner, rights_of, seed

__all__ = ["Owner", "demo_members", "demo_workspace", "load_demo", "rights_of", "seed"]
