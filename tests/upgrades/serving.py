"""Ask for the first page of a company and print the status."""

import sys

import django


def main() -> None:
    django.setup()
    from django.test import Client

    from tests.support.cluster import DOMAIN

    print("status:", Client(HTTP_HOST=f"{sys.argv[1]}.{DOMAIN}").get("/").status_code)


if __name__ == "__main__":
    main()
