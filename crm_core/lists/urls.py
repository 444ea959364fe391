from typing import Any

app_name = "lists"

urlpatterns: list[Any] = []
