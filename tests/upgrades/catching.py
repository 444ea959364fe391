"""What the keeper's minute job does, once."""

import django


def main() -> None:
    django.setup()
    from kernel import context
    from tenants.api import catch_up

    with context.enter(context.Context(cause="job")):
        print(f"caught up: {catch_up()}")


if __name__ == "__main__":
    main()
