"""URLs of the development mailbox, under /mailbox/ on the public site."""

from django.urls import path

from identity.views import letters

app_name = "mailbox"

urlpatterns = [
    path("", letters.letters, name="letters"),
    path("<str:name>/", letters.letter, name="letter"),
]
