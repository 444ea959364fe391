from typing import Any

app_name = "timeline"

urlpatterns: list[Any] = []
