"""Run ``upgrade start`` and count its queries on the control plane."""

import django


def main() -> None:
    django.setup()
    from django.core.management import call_command
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connections["default"]) as queries:
        call_command("upgrade", "start")
    print(f"queries: {len(queries)}")


if __name__ == "__main__":
    main()
