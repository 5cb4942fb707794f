"""Sign-in, second factor, one's own settings, accounts and grants."""

app_name = "accounts"
urlpatterns: list = []
