"""Sign-in, second factor, one's own settings, accounts and grants."""

from django.urls import path

from apps.accounts.views import drafts, groups, own, rights, second_factor, sign_in, users

app_name = "accounts"
urlpatterns = [
    path("", own.profile, name="profile"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("set-password/<str:uid>/<str:token>/", own.set_password, name="set-password"),
    path("second-factor/", second_factor.second_factor, name="second-factor"),
    path("second-factor/enrol/", second_factor.enrol, name="enrol"),
    path("second-factor/recovery/", second_factor.recovery, name="recovery"),
    path("second-factor/off/", second_factor.second_factor_off, name="second-factor-off"),
    path("password/", own.password, name="password"),
    path("display/", own.display, name="display"),
    path("grant/", own.switch_grant, name="grant"),
    path("keep-alive/", own.keep_alive, name="keep-alive"),
    path("drafts/", drafts.save, name="draft-save"),
    path("drafts/discard/", drafts.discard, name="draft-discard"),
    path("users/", users.users, name="users"),
    path("users/new/", users.user_create, name="user-create"),
    path("users/<int:pk>/", users.user, name="user"),
    path("users/<int:pk>/edit/", users.user_edit, name="user-edit"),
    path("users/<int:pk>/state/", users.user_state, name="user-state"),
    path("users/<int:pk>/link/", users.user_link, name="user-link"),
    path("users/<int:pk>/grants/new/", rights.grant_give, name="user-grant"),
    path("users/<int:pk>/sessions/end/", rights.sessions_end, name="user-sessions-end"),
    path("users/<int:pk>/second-factor/reset/", rights.second_factor_reset, name="user-code-reset"),
    path("groups/", groups.groups, name="groups"),
    path("groups/new/", groups.group_create, name="group-create"),
    path("groups/<int:pk>/", groups.group_edit, name="group-edit"),
    path("groups/<int:pk>/delete/", groups.group_delete, name="group-delete"),
    path("grants/<int:pk>/end/", rights.grant_end, name="user-grant-end"),
    path("grants/<int:pk>/export/give/", rights.export_give, name="user-export-give"),
    path("grants/<int:pk>/export/take/", rights.export_take, name="user-export-take"),
]
