from typing import Any

app_name = "team"

urlpatterns: list[Any] = []
