"""Runs in the admin: to be looked at, not to be written."""

import datetime
import uuid

import pytest
from django.contrib.auth.models import User
from django.test import Client

from app.models import MyModel, Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("staff"))
    return client


@pytest.fixture
def run() -> Run:
    now = datetime.datetime.now(datetime.UTC)
    values = {"caller": "async-view", "way": "asave", "receivers": "both", "error": "ToldToFail: <b>no</b>"}
    return Run.objects.create(id=uuid.uuid4(), started_at=now, document={"schema": 1, "marker": "shown"}, **values)


def test_the_list_names_the_run_and_leads_to_its_lanes(admin: Client, run: Run) -> None:
    page = admin.get("/admin/app/run/").content.decode()
    assert "async-view" in page
    assert f'<a href="/runs/{run.id}/">lanes</a>' in page
    assert "ToldToFail: &lt;b&gt;no&lt;/b&gt;" in page


def test_a_run_is_shown_and_has_nothing_to_write_in(admin: Client, run: Run) -> None:
    response = admin.get(f"/admin/app/run/{run.id}/change/")
    assert response.status_code == 200
    page = response.content.decode()
    assert "shown" in page
    assert "<textarea" not in page
    assert 'name="_save"' not in page


def test_a_run_cannot_be_added_or_changed(admin: Client, run: Run) -> None:
    assert admin.get("/admin/app/run/add/").status_code == 403
    assert admin.post(f"/admin/app/run/{run.id}/change/", {"caller": "changed"}).status_code == 403
    run.refresh_from_db()
    assert run.caller == "async-view"


def test_a_run_can_be_deleted(admin: Client, run: Run) -> None:
    admin.post(f"/admin/app/run/{run.id}/delete/", {"post": "yes"})
    assert not Run.objects.exists()


def test_what_the_experiments_saved_can_be_found(admin: Client) -> None:
    MyModel.objects.bulk_create([MyModel(name="found")])  # sends no signal
    assert "found" in admin.get("/admin/app/mymodel/").content.decode()
