from typing import Any

app_name = "notes"

urlpatterns: list[Any] = []
