"""Print a schema's definition; ``migrated`` makes a fresh one by plain migrations and prints that."""

import sys

import django


def main() -> None:
    django.setup()
    from kernel import context
    from tenants import schemas

    name = sys.argv[1]
    with context.enter(context.Context(cause="command")):
        if sys.argv[2:] == ["migrated"]:
            schemas.make_by_migrations(name)
        sys.stdout.write(schemas.dump(name))


if __name__ == "__main__":
    main()
