from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    label = "config"

    def ready(self) -> None:
        """Tell the palette where one can go (it may not see the navigation above it); report errors; compose recovery; word the help."""
        from config import guidance, navigation, recovery, sentry
        from crm_core.search import queries
        from kernel import metrics, processes, web
        from kernel.jobs import broker, running

        queries.ways_of = navigation.palette
        sentry.start()
        web.ANSWERED.append(metrics.request_answered)
        running.RAN.append(metrics.job_ran)
        broker.ENDED.append(metrics.ticked)
        broker.STARTED.append(processes.start)
        recovery.compose()
        guidance.declare()
