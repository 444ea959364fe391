"""Make an operator with a second factor and print a session of the console."""

import django


def main() -> None:
    django.setup()
    from kernel import context
    from tests.browser.seed_accounts import _operator, _session

    with context.enter(context.Context(cause="command")):
        print(_session(_operator("operator@terem.example"), factor=True))


if __name__ == "__main__":
    main()
