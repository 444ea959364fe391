from typing import Any

app_name = "sales"

urlpatterns: list[Any] = []
