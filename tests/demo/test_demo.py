"""The demonstration as a person runs it."""

import json
import os
import subprocess
import sys

import pytest

from infra.embedded.server import ROOT


@pytest.fixture(scope="module")
def played():
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MOTCUA_")}
    done = subprocess.run(
        [sys.executable, "-m", "app.demo"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_the_main_job_is_played_in_both_provinces_without_a_contradiction(played):
    assert played["contradictions"] == []
    assert {"binhdinh", "laocai"} < played.keys()


@pytest.mark.parametrize("slug", ["binhdinh", "laocai"])
def test_a_dossier_goes_through_its_seven_changes(played, slug):
    changes = played[slug]["changes"]
    assert [change["status"] for change in changes] == [1, 2, 4, 4, 4, 9, 10]
    assert all(change["at"].endswith("+07:00") for change in changes)
    assert [c["status"] for c in played[slug]["counter"]["changes"]] == [2, 4, 4, 4, 9, 10]


@pytest.mark.parametrize("slug", ["binhdinh", "laocai"])
def test_every_file_arrives_stays_and_leaves_as_it_was_sent(played, slug):
    files = played[slug]["attachments"]
    assert [file["way"] for file in files] == ["tus", "form", "result"]
    assert files[0]["cut_at_byte"] > 0
    for file in files:
        assert len(file["sent"]) == 64
        assert file["sent"] == file["stored"] == file["downloaded"]


@pytest.mark.parametrize("slug", ["binhdinh", "laocai"])
def test_what_was_used_is_what_is_stated(played, slug):
    story = played[slug]
    parts = [n["segments"] for d in (story, story["counter"]) for n in d["notices"]]
    lines = {line["code"]: line for line in story["statement"]["lines"]}
    assert lines["SMS"]["quantity"] == sum(parts) == len(story["usage"]) - 2
    assert lines["DOSSIER"]["quantity"] == 2
    assert lines["SMS"]["amount"] == lines["STORAGE"]["amount"] == 0
    assert story["statement"]["total"] == sum(line["amount"] for line in lines.values()) > 0


def test_a_dossier_goes_to_the_other_province_and_its_answer_comes_back(played):
    told = played["exchange"]
    assert len(told["answer_sent"]) == 64
    assert told["answer_sent"] == told["answer_opened"]
    assert told["code"] != told["their_code"]
