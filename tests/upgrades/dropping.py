"""Remove a schema and its role."""

import sys

import django


def main() -> None:
    django.setup()
    from tenants import schemas

    schemas.drop(sys.argv[1])


if __name__ == "__main__":
    main()
