from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SetupConfig(AppConfig):
    name = "crm_core.setup"
    label = "setup"

    def ready(self) -> None:
        """Say how the facts of this room read."""
        from crm_core.timeline.wording import say

        say("setup.recovery_asked", text=_("Recovery asked for: %(reason)s"), group="audit", icon="undo-2")
        say("setup.taken_over", text=_("Taken over from a backup"), group="audit", icon="undo-2")
        say("setup.closed", text=_("Workspace closed: %(reason)s"), group="audit", icon="lock")
        for verb, text in (
            ("setup.begun", _("Questionnaire answered: the parts were set")),
            ("setup.skipped", _("Questionnaire skipped")),
            ("setup.stage_taken", _("Stage %(number)s taken: %(stage)s")),
            ("setup.everything_shown", _("Every part shown, without a stage")),
            ("setup.part_shown", _("Part shown: %(part)s")),
            ("setup.part_hidden", _("Part hidden: %(part)s")),
            ("setup.pack_applied", _("Pack applied: %(name)s, %(made)s things made")),
            ("setup.example_opened", _("Example opened: %(name)s")),
            ("setup.example_removed", _("Example removed")),
            ("setup.pack_undone", _("Pack undone: %(name)s, %(removed)s removed, %(kept)s kept")),
        ):
            say(verb, text=text, group="audit", icon="layers")
        _parts()
        say("setup.seeded", text=_("Workspace furnished"), group="audit", icon="settings")


def _parts() -> None:
    """Which parts of the product are at home here."""
    from crm_core.setup.actions import examples, growing  # noqa: F401  (declare a right and background work)
    from kernel.parts import declare

    declare(
        "setup.stages",
        pgettext_lazy("of the product", "Stages"),
        _("Which parts are shown, and when the next ones come."),
        fixed=True,
        light=True,
        places=("setup:stages",),
        panels=("crm_core.setup.views.panels.stage",),
    )
    declare(
        "setup.packs",
        _("Lines of business"),
        _("Pipelines, tasks, headings, tags and reports of your line, with preview and undo."),
        places=("setup:packs",),
    )
    declare(
        "setup.example",
        pgettext_lazy("an invented company", "Example"),
        _("An invented company of your line with a year of work, apart from your data, with tours."),
        fixed=True,
        light=True,
        places=("setup:example", "setup:tours"),
        panels=("crm_core.setup.views.panels.example",),
    )
    _living()


def _living() -> None:
    """What shows how Terem is used: the example, the figures, the backups."""
    from kernel.parts import declare

    declare(
        "setup.adoption",
        _("How Terem is used"),
        _("What everybody does here, with hints where it does not go well yet."),
        goals=("control",),
        places=("setup:adoption",),
    )
    declare(
        "setup.backups",
        _("Backups"),
        _("Everything is backed up every night and can be looked at beside the workspace."),
        fixed=True,
        light=True,
        places=("setup:backups",),
    )
    _tasks()


def _tasks() -> None:
    """The first tasks on the page of today."""
    from kernel.parts import declare

    declare(
        "setup.training",
        _("First tasks"),
        _("A few things to try, for each by their role; ticked by real work."),
        goals=("base",),
        light=True,
        panels=("crm_core.setup.views.training.panel",),
    )
