"""A new installation has no usable account until the command is run."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from apps.accounts.models import Grant, User
from apps.audit.models import Event
from apps.core.scope import Actor, scope
from apps.units.models import Unit
from tests.accounts.conftest import SIGN_IN, try_to_enter

NEW = "lantern-on-the-river"
AUDITOR = Actor(user_id=0, name="测试", role="audit_admin", db_role="s_audit")


def links(output: str) -> list[str]:
    return re.findall(r"(/account/set-password/\S+)", output)


def test_a_fresh_installation_has_no_usable_account(db):
    assert not User.objects.exists()
    assert try_to_enter("admin", "admin").status_code == 200


def test_three_people_get_a_link_each(db, capsys):
    call_command(
        "first_accounts", "--site", "https://lgb.example/", "--system", "zhang=张三", "--audit", "wang=王五"
    )
    output = capsys.readouterr().out
    assert "系统管理员　zhang（张三）" in output
    assert output.count("https://lgb.example/account/set-password/") == 3
    held = {grant.user.username: grant.role for grant in Grant.objects.valid().select_related("user")}
    assert held == {"zhang": "system_admin", "anquan": "security_admin", "wang": "audit_admin"}
    assert Unit.objects.get().level == "city"
    assert not any(user.has_usable_password() for user in User.objects.all())
    client = Client()
    assert client.post(links(output)[0], {"new": NEW, "again": NEW}).url == SIGN_IN
    try_to_enter("zhang", NEW, client=client)
    assert client.get("/account/users/").status_code == 200
    with scope(AUDITOR):
        assert Event.objects.filter(actor_name="服务器命令行").count() == 6


def test_it_runs_once_and_makes_all_or_nothing(db, capsys):
    with pytest.raises(CommandError, match="用户名=姓名"):
        call_command("first_accounts", "--system", "zhang")
    with pytest.raises(CommandError, match="已经有人用了"):
        call_command("first_accounts", "--system", "same=甲", "--security", "same=乙")
    assert not User.objects.exists()
    assert not Unit.objects.exists()
    call_command("first_accounts")
    with pytest.raises(CommandError, match="已经有管理员账号"):
        call_command("first_accounts")
    assert User.objects.count() == 3


def test_a_lost_administrator_gets_a_new_link_on_the_server(city, capsys):
    call_command("first_accounts", "--again", "security_admin")
    (link,) = links(capsys.readouterr().out)
    assert try_to_enter("security_admin").status_code == 200
    assert Client().post(link, {"new": NEW, "again": NEW}).url == SIGN_IN
    assert try_to_enter("security_admin", NEW).status_code == 302
    with pytest.raises(CommandError, match="没有启用的账号"):
        call_command("first_accounts", "--again", "nobody")
